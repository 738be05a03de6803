/*
 * array: adds up arrays of doubles and of products, exactly: by lanes where exponents lie close
 * together, else one by one.
 *
 * Element j of x is x[j * stride]; the stride may be 0 or negative. Arrays are only read, and need
 * not be there for n = 0. Whatever the process's rounding mode. Pure functions on memory of the
 * caller; thread-safe as long as no two threads share a sum.
 */
#ifndef PARSUM_ARRAY_H
#define PARSUM_ARRAY_H

#include "exact/kulisch.h"
#include "exact/lanes.h"

#include <stddef.h>

struct array {
    const double *x;
    ptrdiff_t stride;
};

/* Adds x[0] to x[n-1]. */
void array_add(struct kulisch *sum, size_t n, struct array x);

/* Adds x[j] * y[j] for j from 0 to n-1, not rounded. */
void array_add_products(struct kulisch *sum, size_t n, struct array x, struct array y);

/* Adds x[j] to *sum and x[j]^2 to *squares, reading x once. */
void array_add_moments(struct kulisch *sum, struct kulisch *squares, size_t n, struct array x);

/* What to add; members may be NULL: no sum, no products. */
struct array_sums {
    struct kulisch *sum;      /* of x */
    struct kulisch *products; /* of x * y */
};

/* All of the above, with lanes of the caller's choice. */
void array_add_with(const struct lanes *lanes, struct array_sums to, size_t n, struct array x,
                    struct array y);

#endif
