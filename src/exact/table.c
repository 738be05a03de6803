#include "exact/table.h"

#include "exact/present.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NEAR = 1 << 20, /* keys of the array */
    ROOM = 1024,    /* entries to begin with */
};

static size_t parts_of(const struct table *table)
{
    return table->results->layout.count;
}

/* Is part p of a block a sum of doubles? Then the table keeps it in units. */
static bool is_real(const struct table *table, size_t p)
{
    return table->results->layout.kinds[p] == EXACT_REAL;
}

/* Part p of all blocks. */
static struct units_sums sums_of(const struct table *table, size_t p)
{
    return (struct units_sums){table->entries + table->layout.at[p], table->layout.size,
                               table->count};
}

/* And of one. */
static void *part_at(const struct table *table, size_t entry, size_t p)
{
    return table->entries + entry * table->layout.size + table->layout.at[p];
}

void table_clear(struct table *table)
{
    for (size_t p = 0; table->units && p < parts_of(table); p++)
        units_clear(&table->units[p]);
    free(table->units);
    free(table->block);
    free(table->keys);
    free(table->entries);
    free(table->near);
    free(table->hash);
    *table = (struct table){.results = table->results, .most = table->most};
}

/* Which of the array a key is; NEAR or more: none. */
static uint64_t near_of(const struct table *table, int64_t key)
{
    return (uint64_t)key - (uint64_t)table->near_first;
}

void table_empty(struct table *table)
{
    for (size_t entry = 0; entry < table->count; entry++)
        if (near_of(table, table->keys[entry]) < NEAR)
            table->near[near_of(table, table->keys[entry])] = 0;
    if (table->hash)
        memset(table->hash, 0, table->hash_room * sizeof *table->hash);
    for (size_t p = 0; table->units && p < parts_of(table); p++)
        units_empty(&table->units[p]);
    table->count = 0;
}

/* Fibonacci hashing: the upper bits of a product. */
static size_t hash_of(const struct table *table, int64_t key)
{
    const uint64_t mixed = ((uint64_t)key ^ (uint64_t)key >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 20) & (table->hash_room - 1);
}

/* Where a key is in the hash, or where it would go. */
static size_t probe(const struct table *table, int64_t key)
{
    size_t at = hash_of(table, key);
    while (table->hash[at] != 0 && table->keys[table->hash[at] - 1] != key)
        at = (at + 1) & (table->hash_room - 1);
    return at;
}

/* The entries in a larger array, which begins with a cache line: so do entries of half a line. */
static bool grow_entries(struct table *table, size_t room)
{
    const size_t size = table->layout.size, line = 64;
    char *const entries = aligned_alloc(line, room * size);
    if (!entries)
        return false;
    if (table->entries)
        memcpy(entries, table->entries, table->count * size);
    free(table->entries);
    table->entries = entries;
    for (size_t p = 0; p < parts_of(table); p++)
        if (is_real(table, p) && !units_make_room(&table->units[p], room))
            return false;
    return true;
}

/* Twice as much room for entries, or the first; the hash is made anew. */
static bool grow(struct table *table)
{
    const size_t room = table->room > 0 ? 2 * table->room : ROOM;
    int64_t *const keys = realloc(table->keys, room * sizeof *keys);
    if (!keys)
        return false;
    table->keys = keys;
    if (!grow_entries(table, room))
        return false;
    table->room = room;
    free(table->hash);
    table->hash_room = 2 * room;
    table->hash = calloc(table->hash_room, sizeof *table->hash);
    for (size_t entry = 0; table->hash && entry < table->count; entry++)
        if (near_of(table, keys[entry]) >= NEAR)
            table->hash[probe(table, keys[entry])] = (uint32_t)entry + 1;
    return table->hash;
}

/* The first key, and the array around it. */
static bool begin(struct table *table, int64_t key)
{
    if (table->near)
        return true;
    if (table->units || table->block) /* after a failure the table can only be cleared */
        return false;
    for (size_t p = 0; p < parts_of(table); p++)
        layout_add(&table->layout,
                   is_real(table, p) ? EXACT_INTEGER : table->results->layout.kinds[p]);
    table->units = calloc(parts_of(table) + 1, sizeof *table->units);
    table->block = sums_new(&table->results->layout, 1);
    table->near_first = (int64_t)((uint64_t)key - NEAR / 2);
    table->near = table->units && table->block ? calloc(NEAR, sizeof *table->near) : NULL;
    return table->near;
}

static size_t add(struct table *table, int64_t key, enum table_status *status)
{
    *status = TABLE_FULL;
    if (table->count == table->most)
        return SIZE_MAX;
    *status = TABLE_NO_MEMORY;
    if (!begin(table, key) || (table->count == table->room && !grow(table)))
        return SIZE_MAX;
    if (!table->hash) /* after a failure */
        return SIZE_MAX;
    *status = TABLE_FINE;
    const size_t entry = table->count++;
    table->keys[entry] = key;
    memset(part_at(table, entry, 0), 0, table->layout.size);
    uint32_t *const place = near_of(table, key) < NEAR ? &table->near[near_of(table, key)]
                                                       : &table->hash[probe(table, key)];
    *place = (uint32_t)entry + 1;
    return entry;
}

/* The entry of a key, if there is one; else SIZE_MAX. */
static size_t look_up(const struct table *table, int64_t key)
{
    const uint64_t near = near_of(table, key);
    uint32_t found = 0;
    if (table->near && near < NEAR)
        found = table->near[near];
    else if (table->hash)
        found = table->hash[probe(table, key)];
    return found ? found - 1 : SIZE_MAX;
}

size_t table_find(struct table *table, int64_t key, enum table_status *status)
{
    const size_t found = look_up(table, key);
    return found != SIZE_MAX ? found : add(table, key, status);
}

struct sums *table_entry(const struct table *table, size_t entry)
{
    const struct layout *const layout = &table->results->layout;
    sums_clear(layout, table->block);
    for (size_t p = 0; p < parts_of(table); p++)
        if (is_real(table, p))
            units_get(&table->units[p], sums_of(table, p), entry, sums_at(layout, table->block, p));
        else
            memcpy(sums_at(layout, table->block, p), part_at(table, entry, p),
                   exact_size(layout->kinds[p]));
    return table->block;
}

enum table_status table_add(struct table *table, size_t entry, const struct sums *block)
{
    const struct layout *const layout = &table->results->layout;
    bool fine = true;
    for (size_t p = 0; p < parts_of(table) && fine; p++) {
        const void *const part = (const char *)block + layout->at[p];
        if (is_real(table, p))
            fine = units_put(&table->units[p], sums_of(table, p), entry, part);
        else
            exact_merge(layout->kinds[p], part_at(table, entry, p), part);
    }
    return fine ? TABLE_FINE : TABLE_NO_MEMORY;
}

/* Adds a number for each term to one part of the entries. */
#define EACH(TYPE, ...)                                                                            \
    for (size_t j = 0; j < n; j++) {                                                               \
        TYPE *const at = (TYPE *)(sums.first + where[j] * sums.step);                              \
        __VA_ARGS__;                                                                               \
    }

/* False if memory is short. */
static bool add_sums(struct table *table, size_t p, const uint32_t *where, const void *x,
                     enum fold_type type, size_t n)
{
    const struct units_sums sums = sums_of(table, p);
    switch (type) {
    case FOLD_SIGNED:
        EACH(int128, *at += ((const int64_t *)x)[j])
        break;
    case FOLD_UNSIGNED:
        EACH(int128, *at += ((const uint64_t *)x)[j])
        break;
    case FOLD_REAL:
        return units_add(&table->units[p], sums, where, x, n);
    case FOLD_WIDE:
        EACH(struct exact_wide, at->low += (uint64_t)((const int128 *)x)[j];
             at->high += ((const int128 *)x)[j] >> 64)
        break;
    case FOLD_NATURAL:
        EACH(struct exact_wide, at->low += (uint64_t)((const uint128 *)x)[j];
             at->high += (int128)(((const uint128 *)x)[j] >> 64))
        break;
    }
    return true;
}

static size_t width_of(enum fold_type type)
{
    return type == FOLD_WIDE || type == FOLD_NATURAL ? sizeof(int128) : sizeof(int64_t);
}

/* NULL: nobody wants it. */
static void *wanted_at(const struct table *table, size_t entry, size_t p)
{
    return p == RESULTS_NONE ? NULL : part_at(table, entry, p);
}

/* Squares and extremes, of one term at a time. */
static void fold_rest(const struct table *table, const struct parts *parts, const uint32_t *where,
                      const void *x, enum fold_type type, size_t n, struct fold_place place)
{
    for (size_t j = 0; j < n; j++) {
        if (parts->count != RESULTS_NONE && isnan(((const double *)x)[j]))
            continue;
        const struct fold_parts to = {
            .squares = wanted_at(table, where[j], parts->squares),
            .least = wanted_at(table, where[j], parts->least),
            .greatest = wanted_at(table, where[j], parts->greatest),
            .places = table->results->places,
        };
        fold(type, (const char *)x + j * width_of(type), 1,
             (struct fold_place){place.run, (int64_t)((uint64_t)place.start + j)}, &to, NULL);
    }
}

/* The first value that is infinite or NaN, or with `skips` that is infinite; n: there is none. */
static size_t find_special(const void *x, enum fold_type type, size_t n, bool skips)
{
    const uint64_t exponent = UINT64_C(0x7ff) << 52;
    const uint64_t *const bits = x;
    uint64_t carried = 0; /* out of an exponent of ones, into the sign */
    size_t j = 0;
    if (type != FOLD_REAL)
        return n;
    for (size_t k = 0; k < n; k++)
        carried |= (bits[k] & exponent) + (UINT64_C(1) << 52);
    if (carried >> 63 == 0)
        return n;
    if (skips)
        return present_find_infinite(x, n);
    while (isfinite(((const double *)x)[j]))
        j++;
    return j;
}

/* Counts terms, and tells where the entries of their keys are, up to the first that is not near. */
static size_t count_near(const struct table *table, const int64_t *keys, size_t n, uint32_t *where)
{
    const uint32_t *const near = table->near;
    const int64_t first = table->near_first;
    const size_t size = table->layout.size;
    char *const terms = part_at(table, 0, table->results->terms);
    for (size_t j = 0; j < n; j++) {
        const uint64_t place = (uint64_t)keys[j] - (uint64_t)first;
        if (place >= NEAR || near[place] == 0)
            return j;
        where[j] = near[place] - 1;
        ++*(int128 *)(terms + where[j] * size);
    }
    return n;
}

static enum table_status count_terms(struct table *table, const int64_t *keys, size_t n,
                                     uint32_t *where)
{
    enum table_status status = begin(table, keys[0]) ? TABLE_FINE : TABLE_NO_MEMORY;
    for (size_t j = 0; j < n && !status; j++) {
        j += count_near(table, keys + j, n - j, where + j);
        if (j < n)
            where[j] = (uint32_t)table_find(table, keys[j], &status);
        if (j < n && !status)
            ++*(int128 *)part_at(table, where[j], table->results->terms);
    }
    return status;
}

/* Counts the values that are not left out. */
static void count_present(const struct table *table, size_t p, const uint32_t *where,
                          const double *x, size_t n)
{
    for (size_t j = 0; j < n; j++)
        *(int128 *)part_at(table, where[j], p) += isnan(x[j]) ? 0 : 1;
}

/* Adds the values, or their lower halves, without those whose x is NaN. */
static __attribute__((__noinline__)) bool add_present(struct table *table, size_t p,
                                                      const uint32_t *where, const double *x,
                                                      const double *values, size_t n)
{
    uint32_t at[VECTORS_MAX];
    double there[VECTORS_MAX];
    size_t count = 0;
    for (size_t j = 0; j < n; j++) {
        at[count] = where[j];
        there[count] = values[j];
        count += isnan(x[j]) ? 0 : 1;
    }
    return count == 0 || add_sums(table, p, at, there, FOLD_REAL, count);
}

/* Adds value k, if its sum is wanted. False if memory is short. */
static bool add_value(struct table *table, const struct parts *parts, const uint32_t *where,
                      const void *x, const void *low, enum fold_type type, size_t n)
{
    const size_t sum = parts->sum;
    if (parts->count != RESULTS_NONE)
        count_present(table, parts->count, where, x, n);
    if (sum == RESULTS_NONE)
        return true;
    if (parts->count != RESULTS_NONE)
        return add_present(table, sum, where, x, x, n) &&
               (!low || add_present(table, sum, where, x, low, n));
    return add_sums(table, sum, where, x, type, n) &&
           (!low || add_sums(table, sum, where, low, FOLD_REAL, n));
}

/* The first value that can't be taken, and in which array: n if there is none. */
static size_t find_bad(const struct results *results, const void *const *x, const void *const *low,
                       const enum fold_type *types, size_t n, size_t *which)
{
    size_t first = n;
    for (size_t k = 0; k < results->values; k++) {
        const size_t special = find_special(x[k], types[k], n, results->skips);
        const size_t below = low[k] ? present_find_bad_low(x[k], low[k], n) : n;
        const size_t bad = special < below ? special : below;
        *which = bad < first ? k : *which;
        first = bad < first ? bad : first;
    }
    return first;
}

enum table_status table_fold(struct table *table, const int64_t *keys, const void *const *x,
                             const void *const *low, const enum fold_type *types, size_t n,
                             struct fold_place place, size_t *bad, size_t *which)
{
    const struct results *const results = table->results;
    uint32_t where[VECTORS_MAX];
    *bad = find_bad(results, x, low, types, n, which);
    if (*bad < n)
        return TABLE_SPECIAL;
    const enum table_status status = count_terms(table, keys, n, where);
    if (status)
        return status;
    for (size_t k = 0; k < results->values; k++) {
        const struct parts *const parts = &results->parts[k];
        if (!add_value(table, parts, where, x[k], low[k], types[k], n))
            return TABLE_NO_MEMORY;
        if (parts->squares != RESULTS_NONE || parts->least != RESULTS_NONE ||
            parts->greatest != RESULTS_NONE)
            fold_rest(table, parts, where, x[k], types[k], n, place);
    }
    return TABLE_FINE;
}

/* Adds entry `from_entry` of another table. */
static bool merge_entry(struct table *into, size_t entry, const struct table *from,
                        size_t from_entry)
{
    bool fine = true;
    for (size_t p = 0; p < parts_of(into) && fine; p++)
        if (is_real(into, p))
            fine = units_merge(&into->units[p], sums_of(into, p), entry, &from->units[p],
                               sums_of(from, p), from_entry);
        else
            exact_merge(into->layout.kinds[p], part_at(into, entry, p),
                        part_at(from, from_entry, p));
    return fine;
}

enum table_status table_merge(struct table *into, const struct table *from)
{
    if (from->count == 0)
        return TABLE_FINE;
    bool fine = begin(into, from->keys[0]);
    for (size_t p = 0; p < parts_of(into) && fine; p++)
        fine = !is_real(into, p) || units_meet(&into->units[p], sums_of(into, p), &from->units[p]);
    enum table_status status = fine ? TABLE_FINE : TABLE_NO_MEMORY;
    for (size_t entry = 0; entry < from->count && !status; entry++) {
        const size_t to = table_find(into, from->keys[entry], &status);
        if (!status && !merge_entry(into, to, from, entry))
            status = TABLE_NO_MEMORY;
    }
    return status;
}

bool table_equal(const struct table *a, const struct table *b)
{
    bool equal = a->count == b->count;
    for (size_t entry = 0; equal && entry < a->count; entry++) {
        const size_t other = look_up(b, a->keys[entry]);
        equal = other != SIZE_MAX &&
                sums_equal(&a->results->layout, table_entry(a, entry), table_entry(b, other));
    }
    return equal;
}
