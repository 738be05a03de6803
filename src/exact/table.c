#include "exact/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NEAR = 1 << 20, /* keys of the array */
    ROOM = 1024,    /* entries to begin with */
};

void table_clear(struct table *table)
{
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
    if (table->entries)
        memset(table->entries, 0, table->count * table->results->layout.size);
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

/* Twice as much room for entries, or the first; the hash is made anew. */
static bool grow(struct table *table)
{
    const size_t size = table->results->layout.size;
    const size_t room = table->room > 0 ? 2 * table->room : ROOM;
    int64_t *const keys = realloc(table->keys, room * sizeof *keys);
    if (!keys)
        return false;
    table->keys = keys;
    struct sums *const entries = realloc(table->entries, room * size);
    if (!entries)
        return false;
    table->entries = entries;
    memset((char *)entries + table->room * size, 0, (room - table->room) * size);
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
    table->near = calloc(NEAR, sizeof *table->near);
    table->near_first = (int64_t)((uint64_t)key - NEAR / 2);
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
    if (!table->near || !table->hash) /* after a failure the table can only be cleared */
        return SIZE_MAX;
    *status = TABLE_FINE;
    const size_t entry = table->count++;
    table->keys[entry] = key;
    uint32_t *const place = near_of(table, key) < NEAR ? &table->near[near_of(table, key)]
                                                       : &table->hash[probe(table, key)];
    *place = (uint32_t)entry + 1;
    return entry;
}

size_t table_find(struct table *table, int64_t key, enum table_status *status)
{
    const uint64_t near = near_of(table, key);
    uint32_t found = 0;
    if (table->near && near < NEAR)
        found = table->near[near];
    else if (table->hash)
        found = table->hash[probe(table, key)];
    return found ? found - 1 : add(table, key, status);
}

/* Adds a number for each term to one part of the entries. */
#define EACH(TYPE, ...)                                                                            \
    for (size_t j = 0; j < n; j++) {                                                               \
        TYPE *const at = (TYPE *)(first + (size_t)where[j] * size);                                \
        __VA_ARGS__;                                                                               \
    }

/*
 * A sum of doubles is larger than most caches have room for where there are many keys. So what one
 * of the next terms will touch is fetched ahead: the chunk of its exponent, and the end.
 */
static void add_reals(char *first, size_t size, const uint32_t *where, const double *x, size_t n)
{
    enum { AHEAD = 12 };
    for (size_t j = 0; j < n; j++) {
        if (j + AHEAD < n) {
            const struct superacc *const next =
                (struct superacc *)(first + (size_t)where[j + AHEAD] * size);
            uint64_t bits;
            memcpy(&bits, &x[j + AHEAD], sizeof bits);
            __builtin_prefetch(&next->chunk[(bits >> 52 & 0x7ff) / 32], 1);
            __builtin_prefetch(&next->used, 1);
        }
        superacc_add((struct superacc *)(first + (size_t)where[j] * size), x[j]);
    }
}

static void add_sums(char *first, size_t size, const uint32_t *where, const void *x,
                     enum fold_type type, size_t n)
{
    switch (type) {
    case FOLD_SIGNED:
        EACH(int128, *at += ((const int64_t *)x)[j])
        break;
    case FOLD_UNSIGNED:
        EACH(int128, *at += ((const uint64_t *)x)[j])
        break;
    case FOLD_REAL:
        add_reals(first, size, where, x, n);
        break;
    case FOLD_WIDE:
        EACH(struct exact_wide, at->low += (uint64_t)((const int128 *)x)[j];
             at->high += ((const int128 *)x)[j] >> 64)
        break;
    case FOLD_NATURAL:
        EACH(struct exact_wide, at->low += (uint64_t)((const uint128 *)x)[j];
             at->high += (int128)(((const uint128 *)x)[j] >> 64))
        break;
    }
}

static size_t width_of(enum fold_type type)
{
    return type == FOLD_WIDE || type == FOLD_NATURAL ? sizeof(int128) : sizeof(int64_t);
}

/* Squares and extremes, of one term at a time. */
static void fold_rest(const struct table *table, const struct parts *parts, const uint32_t *where,
                      const void *x, enum fold_type type, size_t n, struct fold_place place)
{
    const struct layout *const layout = &table->results->layout;
    for (size_t j = 0; j < n; j++) {
        struct sums *const entry = table_entry(table, where[j]);
        const struct fold_parts to = {
            .squares =
                parts->squares == RESULTS_NONE ? NULL : sums_at(layout, entry, parts->squares),
            .least = parts->least == RESULTS_NONE ? NULL : sums_at(layout, entry, parts->least),
            .greatest =
                parts->greatest == RESULTS_NONE ? NULL : sums_at(layout, entry, parts->greatest),
            .places = table->results->places,
        };
        fold(type, (const char *)x + j * width_of(type), 1,
             (struct fold_place){place.run, (int64_t)((uint64_t)place.start + j)}, &to, NULL);
    }
}

/* The first value that is infinite or NaN; n: there is none. */
static size_t find_special(const void *x, enum fold_type type, size_t n)
{
    size_t j = 0;
    while (type == FOLD_REAL && j < n && isfinite(((const double *)x)[j]))
        j++;
    return type == FOLD_REAL ? j : n;
}

enum table_status table_fold(struct table *table, const int64_t *keys, const void *const *x,
                             const enum fold_type *types, size_t n, struct fold_place place,
                             size_t *bad, size_t *which)
{
    const struct results *const results = table->results;
    const struct layout *const layout = &results->layout;
    uint32_t where[VECTORS_MAX];
    enum table_status status = TABLE_FINE;
    *bad = n;
    for (size_t k = 0; k < results->values; k++) {
        const size_t special = find_special(x[k], types[k], n);
        *which = special < *bad ? k : *which;
        *bad = special < *bad ? special : *bad;
    }
    if (*bad < n)
        return TABLE_SPECIAL;
    for (size_t j = 0; j < n && !status; j++)
        where[j] = (uint32_t)table_find(table, keys[j], &status);
    if (status)
        return status;
    char *const first = (char *)table->entries;
    const size_t size = layout->size;
    char *const terms = first + layout->at[results->terms];
    for (size_t j = 0; j < n; j++)
        ++*(int128 *)(terms + (size_t)where[j] * size);
    for (size_t k = 0; k < results->values; k++) {
        const struct parts *const parts = &results->parts[k];
        if (parts->sum != RESULTS_NONE)
            add_sums(first + layout->at[parts->sum], size, where, x[k], types[k], n);
        if (parts->squares != RESULTS_NONE || parts->least != RESULTS_NONE ||
            parts->greatest != RESULTS_NONE)
            fold_rest(table, parts, where, x[k], types[k], n, place);
    }
    return TABLE_FINE;
}

enum table_status table_merge(struct table *into, const struct table *from)
{
    enum table_status status = TABLE_FINE;
    for (size_t entry = 0; entry < from->count && !status; entry++) {
        const size_t to = table_find(into, from->keys[entry], &status);
        if (!status)
            sums_merge(&into->results->layout, table_entry(into, to), table_entry(from, entry));
    }
    return status;
}

/* A key and its entry, to be sorted; the key with its sign bit flipped if it is signed. */
struct item {
    uint64_t key;
    uint32_t entry;
};

static int compare(const void *a, const void *b)
{
    const uint64_t x = ((const struct item *)a)->key, y = ((const struct item *)b)->key;
    return (x > y) - (x < y);
}

uint32_t *table_order(const struct table *table, bool is_signed)
{
    const uint64_t flip = is_signed ? UINT64_C(1) << 63 : 0;
    struct item *const items = malloc((table->count + 1) * sizeof *items);
    uint32_t *const order = items ? malloc((table->count + 1) * sizeof *order) : NULL;
    for (size_t entry = 0; order && entry < table->count; entry++)
        items[entry] = (struct item){(uint64_t)table->keys[entry] ^ flip, (uint32_t)entry};
    if (order)
        qsort(items, table->count, sizeof *items, compare);
    for (size_t k = 0; order && k < table->count; k++)
        order[k] = items[k].entry;
    free(items);
    return order;
}

bool table_equal(struct table *a, struct table *b)
{
    bool equal = a->count == b->count;
    for (size_t entry = 0; equal && entry < a->count; entry++) {
        enum table_status status = TABLE_FINE;
        const size_t other = table_find(b, a->keys[entry], &status);
        equal = !status && b->count == a->count &&
                sums_equal(&a->results->layout, table_entry(a, entry), table_entry(b, other));
    }
    return equal;
}
