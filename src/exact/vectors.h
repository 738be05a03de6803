/*
 * vectors: simple loops over arrays of 64-bit numbers, with the widest vectors of this CPU.
 *
 * Pure functions; thread-safe. n is at least 1 and at most VECTORS_MAX.
 */
#ifndef PARSUM_VECTORS_H
#define PARSUM_VECTORS_H

#include <stddef.h>
#include <stdint.h>

enum { VECTORS_MAX = 2048 };

struct vectors {
    /*
     * The least and the greatest of x[j] ^ flip, as signed integers: for naturals `flip` is
     * 2^63, and so are the ends then.
     */
    void (*ends)(const int64_t *x, size_t n, int64_t flip, int64_t ends[2]);

    /* The same for doubles, by vectors_order of them. */
    void (*real_ends)(const double *x, size_t n, int64_t ends[2]);

    /* The first j with x[j] equal to `value`; n: there is none. -0 equals +0, NaN nothing. */
    size_t (*find)(const int64_t *x, size_t n, int64_t value);
    size_t (*real_find)(const double *x, size_t n, double value);

    /* The sum of x[j], modulo 2^64. */
    int64_t (*sum)(const int64_t *x, size_t n);

    /* The sum of x[j]^2 for |x[j]| < 2^26. */
    int64_t (*squares)(const int64_t *x, size_t n);

    /* The same for |x[j]| < 2^31: sums[0] + sums[1] * 2^32. */
    void (*wide_squares)(const int64_t *x, size_t n, uint64_t sums[2]);

    /* The bits that any of n words of 64 bits at x has; n may be twice VECTORS_MAX. */
    uint64_t (*any)(const void *x, size_t n);
};

/* Those of this CPU. */
const struct vectors *vectors_best(void);

/* An integer that is ordered as doubles are: -0 comes just before +0, and NaN lie beyond the
   infinities. It is its own inverse. */
static inline int64_t vectors_order(int64_t bits)
{
    return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

#endif
