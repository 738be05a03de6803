/*
 * fold: adds groups of values to what is in the making of them: sums, sums of squares, extremes.
 *
 * A group are the values at integers that follow each other, in an array. Exact: what is made of
 * them does not depend on how they are cut into groups.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads fold into the same.
 * Needs rounding to nearest, subnormals included.
 */
#ifndef PARSUM_FOLD_H
#define PARSUM_FOLD_H

#include "exact/exact.h"
#include "exact/extreme.h"
#include "exact/vectors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an array holds. */
enum fold_type {
    FOLD_SIGNED,   /* int64_t */
    FOLD_UNSIGNED, /* uint64_t */
    FOLD_WIDE,     /* int128 */
    FOLD_NATURAL,  /* uint128 */
    FOLD_REAL,     /* double */
};

/* The kind of the sum of such values: up to EXACT_REAL. */
enum exact_kind fold_kind(enum fold_type type);

/* Where the values belong: x[j] to the integer start + j of a run. */
struct fold_place {
    int64_t run, start;
};

/*
 * Where they go: each member may be NULL. Sums are of fold_kind, of reals EXACT_PRODUCTS; squares
 * EXACT_NATURAL for 64 bits, EXACT_SQUARES for 128 bits, EXACT_PRODUCTS for reals.
 */
struct fold_parts {
    void *sum, *squares;
    struct extreme *least, *greatest;
    bool places; /* where extremes lie is wanted; else all lie at 0 of run 1, but for zeros */
};

/*
 * For reals that follow each other, group after group: where the lanes' windows lay last (lanes.h).
 * {0} is none yet. It makes no difference but to the speed.
 */
struct fold_window {
    bool found;
    int k_squares;
};

/*
 * Folds x[0] to x[n-1], 1 <= n <= VECTORS_MAX; the window may be NULL. Returns n, or the number of
 * the first value that is infinite or NaN; then the parts are undefined.
 */
size_t fold(enum fold_type type, const void *x, size_t n, struct fold_place place,
            const struct fold_parts *parts, struct fold_window *window);

#endif
