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

/* What to add to; members may be NULL. */
struct array_sums {
    struct kulisch *sum;      /* of x[j] */
    struct kulisch *products; /* of x[j] * y[j], not rounded */
};

/* Adds n elements and products, reading each array once. Without products y may be anything. */
void array_add(struct array_sums to, size_t n, struct array x, struct array y);

/* The same with lanes of the caller's choice. */
void array_add_with(const struct lanes *lanes, struct array_sums to, size_t n, struct array x,
                    struct array y);

#endif
