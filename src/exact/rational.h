/*
 * rational: a quotient of natural numbers, or its square root, rounded once to the nearest double.
 *
 * Pure functions; thread-safe; without floating-point arithmetic, so no rounding mode has a say.
 */
#ifndef PARSUM_RATIONAL_H
#define PARSUM_RATIONAL_H

#include "exact/natural.h"

#include <stdbool.h>

/* The most bits of a divisor: n^3 for any number n of 64 bits. */
enum { RATIONAL_DIVISOR_BITS = 192 };

/*
 * numerator / divisor * 2^exponent, with its sign, to nearest, ties to even; subnormals are right,
 * and what is beyond the largest double is an infinity. The divisor is not 0, and has at most
 * RATIONAL_DIVISOR_BITS. 0 gives +0. |exponent| < 2^20.
 */
double rational_round(bool negative, const struct natural *numerator, const struct natural *divisor,
                      int exponent);

/* The square root of that, which is not negative. */
double rational_round_root(const struct natural *numerator, const struct natural *divisor,
                           int exponent);

#endif
