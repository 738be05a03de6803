/*
 * table: results kept apart by keys, integers of 64 bits.
 *
 * Each key that came has an entry: a block of sums and extremes in the making, as `results` tells
 * (made with `small`). Entries are found by an array for keys within reach of the first one, and by
 * hashing for the others. Memory grows with the number of keys: some 30 bytes a key, and its block;
 * besides 4 MiB for the array, as far as it is used.
 *
 * A table keeps sums of doubles in less memory than `results` tells (units.h). So what others see
 * is a copy of a block.
 *
 * Tables can be merged in any order. One thread a table.
 */
#ifndef PARSUM_TABLE_H
#define PARSUM_TABLE_H

#include "exact/fold.h"
#include "exact/results.h"
#include "exact/units.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum table_status {
    TABLE_FINE,
    TABLE_FULL, /* there are more keys than it may have */
    TABLE_NO_MEMORY,
    TABLE_SPECIAL, /* a value is infinite or NaN */
};

struct table {
    const struct results *results; /* of each key; must outlive the table */
    size_t most;                   /* how many keys there may be */
    size_t count, room;
    int64_t *keys; /* of each entry */
    /* Its block, as this layout tells. Of part p a sum of doubles is an int128 of units[p]. */
    char *entries;
    struct layout layout;
    struct units *units;
    struct sums *block; /* where others see one */
    uint32_t *near;     /* entry + 1 of the keys near_first and on; 0: none */
    int64_t near_first;
    uint32_t *hash; /* the same for all others, by their hash: room for twice as many */
    size_t hash_room;
};

/* {0} but for its results and `most`, below 2^31, is an empty table. Frees its memory. */
void table_clear(struct table *table);

/* Makes it empty and keeps its memory. */
void table_empty(struct table *table);

/* The entry of a key, which is made if there is none: its number, or SIZE_MAX, and *status. */
size_t table_find(struct table *table, int64_t key, enum table_status *status);

/* The block of an entry, as `results` tells: a copy that is valid until the next call. */
struct sums *table_entry(const struct table *table, size_t entry);

/* Adds a block, as `results` tells, to an entry. */
enum table_status table_add(struct table *table, size_t entry, const struct sums *block);

/*
 * Folds the values of a group of integers into the entries of their keys: x[k] is an array of value
 * k, of types[k]; low[k] is NULL, or the lower halves of these, as in present_fold_low. On
 * TABLE_SPECIAL *bad is the number of the first value that is infinite or NaN, or whose low is, and
 * *which says in which array. After a failure the table can only be cleared.
 */
enum table_status table_fold(struct table *table, const int64_t *keys, const void *const *x,
                             const void *const *low, const enum fold_type *types, size_t n,
                             struct fold_place place, size_t *bad, size_t *which);

/* Adds all entries of `from`. */
enum table_status table_merge(struct table *into, const struct table *from);

/* Do both have the same keys, and the same for each? */
bool table_equal(const struct table *a, const struct table *b);

#endif
