/*
 * superacc: a sum of doubles as a fixed-point number wide enough for every double, so that adding
 * never rounds.
 *
 * Source: R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015
 * (arXiv:1505.05571), the small superaccumulator: 64-bit chunks that overlap by 32 bits, so carries
 * have to be propagated only once in 2^11 or so additions.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share a struct.
 */
#ifndef PARSUM_SUPERACC_H
#define PARSUM_SUPERACC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SUPERACC_CHUNKS = 67 };

struct superacc {
    int64_t chunk[SUPERACC_CHUNKS]; /* chunk[k] counts units of 2^(32k - 1074) */
    int32_t room;                   /* additions until carries must be propagated */
};

/* Makes *sum 0. */
void superacc_clear(struct superacc *sum);

/* Adds x, which must be finite. */
void superacc_add(struct superacc *sum, double x);

/* Adds x[0] to x[n-1]; all must be finite. */
void superacc_add_array(struct superacc *sum, const double *x, size_t n);

/* Adds *from to *into. At most 2^63-1 additions in all. */
void superacc_merge(struct superacc *into, const struct superacc *from);

/*
 * Propagates all carries. Afterwards equal sums have equal chunks: each but the highest one in use
 * lies in [0, 2^32), and `room` is as after superacc_clear.
 */
void superacc_normalize(struct superacc *sum);

/* The sum, rounded once, to nearest even; an infinity where it is beyond the largest double. */
double superacc_round(const struct superacc *sum);

#endif
