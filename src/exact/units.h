/*
 * units: many sums of doubles, exact, in 16 bytes each.
 *
 * A sum that takes every double needs 544 bytes (superacc.h). But the terms of one table are mostly
 * of similar size. So each of its sums is an integer of 128 bits, which counts units, and the unit
 * is a power of two that all of them share:
 *
 *     | sign |  room to grow  |                  window                   |
 *      127    126 ........ 115 114 ........................................ 0
 *
 * A term whose 53 bits lie within the window is added as an integer. Another one is added to a
 * superacc, the rest of that sum, which is made when it is needed. So is what a sum has counted
 * when it would overflow; then it counts from 0 again. What was added is always units and rest
 * together, and nothing is ever rounded.
 *
 * The window is placed by the first terms. It moves if many terms turn out to lie outside: a sum
 * that counts a whole number of the new units goes on with it, the others become rests.
 *
 * A sum without a rest may have one later, so these functions tell if memory is short: false. Then
 * the sums can only be thrown away. One thread.
 */
#ifndef PARSUM_UNITS_H
#define PARSUM_UNITS_H

#include "exact/exact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the sums have in common. {0} is the beginning. */
struct units {
    bool placed;       /* there is a window: a term has come that is not 0 */
    int first;         /* the unit is 2^(first - 1074) */
    size_t outside;    /* terms that were outside the window since it was placed */
    size_t room;       /* how many sums there may be */
    uint32_t *rest_of; /* of each sum the number of its rest, from 1; 0: none. NULL: no rests */
    struct superacc *rests;
    size_t rest_count, rest_room;
};

/* The sums: int128, all of them 0 in the beginning, that lie `step` bytes apart. */
struct units_sums {
    char *first;
    size_t step, count;
};

/* Frees its memory. */
void units_clear(struct units *units);

/* All sums have been set to 0: there are no rests. Keeps the memory, and the window. */
void units_empty(struct units *units);

/* There may be so many sums from now on. */
bool units_make_room(struct units *units, size_t room);

/* Adds x[j], which must be finite, to sum where[j], for all j < n. */
bool units_add(struct units *units, struct units_sums sums, const uint32_t *where, const double *x,
               size_t n);

/* Adds a superacc to sum k. */
bool units_put(struct units *units, struct units_sums sums, size_t k, const struct superacc *from);

/* Adds sum k to *to. */
void units_get(const struct units *units, struct units_sums sums, size_t k, struct superacc *to);

/*
 * Before the sums of others are added, which may have another window: moves it if that helps. Then
 * adds the other's sum `from_k` to sum k.
 */
bool units_meet(struct units *units, struct units_sums sums, const struct units *other);
bool units_merge(struct units *units, struct units_sums sums, size_t k, const struct units *other,
                 struct units_sums from, size_t from_k);

#endif
