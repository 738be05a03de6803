/*
 * sums: the K sums that a run folds at once, one for each value of its term.
 *
 *     |- integer 16 -|------- wide 32 -------|------------ real 544 ------------|
 *     at[0]          at[1]                   at[2]                              size
 *
 * They lie one after the other in one block of memory, as large as their kinds need; a layout, made
 * once for a run, says where. A block of zeros is K empty sums.
 *
 * Another kind of result needs no more than a row in exact.c, if it has a fixed size, zeros are its
 * empty state, and merging never rounds. Blocks are merged in the order of positions where a run
 * settles, and in any order where the threads of a team join theirs.
 *
 * Thread-safe as long as no two threads share a block.
 */
#ifndef PARSUM_SUMS_H
#define PARSUM_SUMS_H

#include "exact/exact.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Four for each of 64 values, and a count (results.h). */
enum { LAYOUT_MAX = 321 };

struct layout {
    size_t count;          /* K: at most LAYOUT_MAX */
    size_t size;           /* of a block, in bytes: a multiple of 16 */
    size_t at[LAYOUT_MAX]; /* where each sum begins */
    enum exact_kind kinds[LAYOUT_MAX];
};

/* K sums in the making, aligned to 16. Only a layout knows what is inside, so it has no members. */
struct sums;

/* The layout of `count` sums, 1 to LAYOUT_MAX, of these kinds. */
struct layout layout_of(const enum exact_kind *kinds, size_t count);

/* Adds one more to a layout; its number. */
size_t layout_add(struct layout *layout, enum exact_kind kind);

/* A run of one integer sum: the usual one, and jobs may be tiny. So there are short ways for it. */
static inline bool layout_is_integer(const struct layout *layout)
{
    return layout->count == 1 && layout->kinds[0] == EXACT_INTEGER;
}

/* New memory for `blocks` blocks of empty sums, which the caller frees; NULL if memory is short. */
struct sums *sums_new(const struct layout *layout, size_t blocks);

/* The same for blocks that are not empty, but nothing yet: memory that is not written to costs
   nothing. */
struct sums *sums_room(const struct layout *layout, size_t blocks);

/* Block number `block` of such memory. */
static inline struct sums *sums_block(const struct layout *layout, struct sums *first, size_t block)
{
    return (struct sums *)((char *)first + block * layout->size);
}

/* Sum k of a block. */
static inline void *sums_at(const struct layout *layout, struct sums *sums, size_t k)
{
    return (char *)sums + layout->at[k];
}

/* The first sum, by its kind: EXACT_INTEGER, one of the wide ones, EXACT_REAL. */
static inline int128 *sums_integer(struct sums *sums)
{
    return (int128 *)sums;
}

static inline struct exact_wide *sums_wide(struct sums *sums)
{
    return (struct exact_wide *)sums;
}

static inline struct superacc *sums_real(struct sums *sums)
{
    return (struct superacc *)sums;
}

/* Makes them empty. */
static inline void sums_clear(const struct layout *layout, struct sums *sums)
{
    memset(sums, 0, layout->size);
}

static inline void sums_copy(const struct layout *layout, struct sums *to, const struct sums *from)
{
    memcpy(to, from, layout->size);
}

/* Adds each of `from` to the same one of `into`. */
void sums_merge(const struct layout *layout, struct sums *into, const struct sums *from);

/* exact_normalize for each of them. */
void sums_normalize(const struct layout *layout, struct sums *sums);

/* True if both hold the same numbers; normalizes both. */
bool sums_equal(const struct layout *layout, struct sums *a, struct sums *b);

/* Writes the K finished sums to values[0] to values[K-1]; false if one does not fit. */
bool sums_values(const struct layout *layout, const struct sums *sums, union value *values);

/* exact_save and exact_load for all of them, with commas between; EXACT_SAVED bytes for each of
   them are room enough. */
char *sums_save(const struct layout *layout, const struct sums *sums, char *text);
bool sums_load(const struct layout *layout, const char *text, struct sums *sums);

/*
 * Copies what stands in *text before the next comma into `item`, and steps behind it; the last one
 * ends with the text. False if there is no such item, or no room for it.
 */
bool sums_take_item(const char **text, bool last, char *item, size_t room);

#endif
