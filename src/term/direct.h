/*
 * direct: adds up a term that is an element of an array of doubles or floats, NAME[i], or the
 * product of two doubles, without evaluating it: the lanes read the arrays themselves.
 *
 * Pure functions; thread-safe. Needs rounding to nearest, subnormals included.
 */
#ifndef PARSUM_DIRECT_H
#define PARSUM_DIRECT_H

#include "exact/superacc.h"
#include "term/inside/term_abi.h"

#include <stdbool.h>
#include <stdint.h>

/* What the term reads; all NULL: it is not such a term. */
struct direct {
    const double *x;
    const double *y;     /* NULL: it is x[i] alone, and no product */
    const float *floats; /* instead of both */
    int64_t n;           /* of each array */
};

static inline bool direct_is(const struct direct *direct)
{
    return direct->x || direct->floats;
}

/* Of a term whose arrays are bound. */
struct direct direct_of(const struct term_module *module);

/* The first integer from `start` on, at most `end`, whose element begins a line of the CPU's caches
   (lanes_before_line). Of no array, `start`. */
int64_t direct_line(const struct direct *direct, int64_t start, int64_t end);

/* Where the window of the lanes lay last; {0}: there was none yet. */
struct direct_window {
    bool found;
    int k;
    unsigned misses; /* blocks of floats in a row that did not fit one */
};

/*
 * Adds the terms of the integers from `start` on to *sum, as long as they fit a window of the
 * lanes, and returns the integer at which it has stopped: at `end`, or at a place whose terms
 * have to be evaluated, as they are few, special, of too many sizes, or no part of the arrays.
 */
int64_t direct_add(const struct direct *direct, struct direct_window *window, int64_t start,
                   int64_t end, struct superacc *sum);

/* About what an element costs a thread that reads it from memory, in nanoseconds. */
#define DIRECT_NS 0.25

/* So many integers or more are worth it, and so many are evaluated where direct_add has stopped. */
enum { DIRECT_FEW = 4096, DIRECT_STEP = 8192 };

#endif
