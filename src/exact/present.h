/*
 * present: folds doubles some of which are missing: NaN, which are left out and not counted.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads fold into the same.
 */
#ifndef PARSUM_PRESENT_H
#define PARSUM_PRESENT_H

#include "exact/fold.h"

#include <stddef.h>
#include <stdint.h>

/* The first that is infinite; n: there is none. */
size_t present_find_infinite(const double *x, size_t n);

/* A product is a value x[j] and its lower half, low[j]: the first j whose low[j] is not finite
   though x[j] is; n: there is none. */
size_t present_find_bad_low(const double *x, const double *low, size_t n);

/*
 * Adds the lower halves to the sum, as fold does, without those whose x[j] is missing. Returns n,
 * or what present_find_bad_low finds; then nothing is added. Each x[j] is finite or missing.
 */
size_t present_fold_low(const double *x, const double *low, size_t n, void *sum);

/* The same as fold, of those that are no NaN, at most VECTORS_MAX; adds to *count how many these
   are. */
size_t present_fold(const double *x, size_t n, struct fold_place place,
                    const struct fold_parts *parts, struct fold_window *window, int128 *count);

#endif
