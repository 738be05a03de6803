/*
 * hits: what a list finds: the integers at which its expression is not 0, with its values.
 *
 * A growing array, in the order of jobs and integers. Where memory is short the array stays as it
 * is and says so, and goes on to do so when it is added to another: whoever needs all of them
 * looks.
 *
 * Thread-safe as long as no two threads use one array.
 */
#ifndef PARSUM_HITS_H
#define PARSUM_HITS_H

#include "exact/exact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hit {
    int64_t i;
    uint64_t run; /* of its job */
    union value value;
};

/* {0} is an empty one. */
struct hits {
    struct hit *at;
    size_t count, room;
    bool failed; /* memory was short: hits are missing */
};

/* Room for `more` hits behind the last one, which the caller may fill in and count; NULL if memory
   is short, which is noted. */
struct hit *hits_room(struct hits *hits, size_t more);

/* Adds `count` of the hits of `from`, from number `first` on. */
void hits_add(struct hits *into, const struct hits *from, size_t first, size_t count);

/* Makes it empty and keeps its memory; or frees that, too. */
void hits_empty(struct hits *hits);
void hits_clear(struct hits *hits);

#endif
