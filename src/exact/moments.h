/*
 * moments: mean, variance and what comes of them, from exact sums, rounded once.
 *
 * With n numbers, their sum S and the sum Q of their squares,
 *
 *     mean      S / n
 *     variance  (Q - S^2 / n) / (n - ddof) = (n Q - S^2) / (n (n - ddof))
 *
 * all of it in integers up to the one division (and root) at the end. Nothing cancels, whatever the
 * mean: n Q - S^2 is exact.
 *
 * Sums may be integers or reals: a number times a power of two. Pure functions on memory of the
 * caller; thread-safe.
 */
#ifndef PARSUM_MOMENTS_H
#define PARSUM_MOMENTS_H

#include "exact/kulisch.h"
#include "exact/natural.h"
#include "exact/superacc.h"

#include <stdbool.h>
#include <stdint.h>

/* An exact sum: magnitude * 2^exponent, with a sign. */
struct moment {
    bool negative;
    int exponent; /* at least -2162 */
    struct natural magnitude;
};

/* The integer low + high * 2^64, as sums of integers are kept (exact.h); |high| <= 2^126. */
void moment_from_integer(struct moment *moment, __int128 low, __int128 high);

/* All limb[k] * 2^(64 k), each limb below 2^127. */
void moment_from_squares(struct moment *moment, const unsigned __int128 limb[4]);

/* The finite part of a sum of doubles. */
void moment_from_kulisch(struct moment *moment, const struct kulisch *sum);
void moment_from_superacc(struct moment *moment, const struct superacc *sum);

/* S / n; NaN for n = 0. */
double moments_mean(const struct moment *sum, uint64_t n);

/* (n Q - S^2) / (n (n - ddof)); NaN for n <= ddof or where that is below 0. */
double moments_variance(const struct moment *sum, const struct moment *squares, uint64_t n,
                        uint64_t ddof);

/* The square root of the exact variance: the standard deviation. */
double moments_deviation(const struct moment *sum, const struct moment *squares, uint64_t n,
                         uint64_t ddof);

/* The square root of the exact variance with ddof = 1, divided by n: the standard error. */
double moments_error(const struct moment *sum, const struct moment *squares, uint64_t n);

/* The square root of Q / n: the root mean square, and the norm with n = 1. NaN if Q < 0 or n = 0.
 */
double moments_root(const struct moment *squares, uint64_t n);

#endif
