/*
 * lanes: adds up blocks of doubles and of products exactly, at about the speed of memory, if their
 * exponents lie within a window. lanes.c tells how, and proves it.
 *
 * A window is told by k, where 1.5 * 2^k is what the lanes begin with. What is added comes back as
 * whole numbers of units that k fixes.
 *
 * Needs rounding to nearest, subnormals included (modes). Pure functions; thread-safe.
 */
#ifndef PARSUM_LANES_H
#define PARSUM_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LANES_STEPS = 64,   /* additions to a lane between two looks at the tests */
    LANES_BLOCKS = 128, /* blocks that one call may be given: more might overflow the counts */
    LANES_BLOCK_MOST = LANES_STEPS * 16, /* elements of a block, of the widest vectors */
    /* k above the exponent e of the largest term: 2^6 terms below 2^(e+1) sum up to less than a
       quarter of 2^k, so terms can grow twofold until they leave the window. */
    LANES_HEADROOM = 6 + 3,
    LANES_APART = 53 - 6 - 1,    /* k - m: see lanes.c */
    LANES_LIST = 512,            /* the most terms of a list, */
    LANES_LIST_APART = 44,       /* k - m, */
    LANES_LIST_HEADROOM = 8 + 2, /* k above the exponent of the largest term of all lists */
    LANES_LIST_ROOM = 8,         /* doubles after the last list that may be read */
    LANES_LINE = 64,             /* bytes of a line of the CPU's caches */
    LANES_LOWER = 53, /* k of the lower halves of products, below that of the upper ones */
    LANES_MAX = 1023, /* the largest k */
    /* Squares of multiples of 2^(k - 52 - LANES_APART) are multiples of 2^-1074. */
    LANES_MOMENTS_LEAST = -1074 / 2 + 52 + LANES_APART,
};

/* How many elements of that size lie at an address before the first that begins a line: vectors
   across two lines are slower to read. Of an address that is no multiple of the size all are. */
static inline size_t lanes_before_line(uintptr_t at, size_t size)
{
    return (LANES_LINE - at % LANES_LINE) % LANES_LINE / size;
}

/* The least k for a sum, with 2 or 3 levels: the last of them is normal. */
static inline int lanes_sum_least(int levels)
{
    return -1022 + (levels - 1) * LANES_APART;
}

/* And for lists. */
static inline int lanes_lists_least(void)
{
    return -1022 + LANES_LIST_APART;
}

/* And for products: their tails do not underflow. */
static inline int lanes_products_least(int levels)
{
    return -968 + (levels - 1) * LANES_APART + 52;
}

/* The k of the sum beside squares with k_squares: 2^6 terms whose squares lie below 2^k_squares sum
   up to half of 2^k at most. */
static inline int lanes_moments_plain(int k_squares)
{
    return (k_squares + 1 + 2 * 7) >> 1;
}

/* One set of functions, for the vectors that a CPU has. */
struct lanes {
    const char *name; /* "avx512", "avx2", "baseline" */
    size_t pair;      /* elements that are added at once */
    size_t block;     /* elements that are added to the lanes between two looks */

    /*
     * Adds x[0] to x[n-1], block by block until one does not fit the window, and returns how many
     * elements it has added: n or a whole number of blocks. n is a multiple of `pair` and at most
     * LANES_BLOCKS blocks. Their sum is that of units[j] * 2^(k - 52 - j * LANES_APART).
     * lanes_sum_least <= k <= LANES_MAX. sum[1] takes a third of the time more than sum[0], and its
     * window holds terms whose exponents lie twice as far apart.
     */
    size_t (*sum[2])(const double *x, size_t n, int k, int64_t units[3]);

    /*
     * The same for the products x[j] * y[j]. The upper halves of the products, which are their
     * rounded values, are in units[0] to units[2], the lower ones in units[3] to units[5], with
     * k - LANES_LOWER instead of k. lanes_products_least <= k <= LANES_MAX.
     */
    size_t (*products[2])(const double *x, const double *y, size_t n, int k, int64_t units[6]);

    /*
     * The sum of x[j] in units[0] to units[2], as by sum[0] with k = lanes_moments_plain, and that
     * of x[j] * x[j] in units[3] to units[8], as by products[0] with k_squares. ends[0] and ends[1]
     * are the least and the greatest of what was added, of -0 and +0 either one; undefined if
     * nothing was. n > 0 and k >= LANES_MOMENTS_LEAST.
     */
    size_t (*moments)(const double *x, size_t n, int k_squares, int64_t units[9], double ends[2]);

    /*
     * The sums of short lists, each rounded once. List j are the x at begin[j] - begin[0] to
     * begin[j+1] - begin[0] - 1, up to LANES_LIST of them; of an empty one the sum is 0. All lists
     * together are units[0] * 2^(k - 52) + units[1] * 2^(k - 52 - LANES_LIST_APART). False, and all
     * this undefined, if a list does not fit the window. count <= LANES_LIST;
     * lanes_lists_least <= k <= LANES_MAX.
     */
    bool (*lists)(const double *x, const uint64_t *begin, size_t count, int k, double *sums,
                  int64_t units[2]);

    /* The largest of the biased exponents of x[0] to x[n-1], or of the rounded products with y. */
    int (*exponent)(const double *x, const double *y, size_t n);

    /*
     * The sum of floats as by sum[0], but in units of 2^(k - 52) alone: a block fits the window
     * only if its floats are multiples of that. Those of 2^-20 of the largest one and more are.
     */
    size_t (*float_sum)(const float *x, size_t n, int k, int64_t *units);

    /* The largest of the biased exponents of floats. */
    int (*float_exponent)(const float *x, size_t n);
};

/* Those that this CPU can run, the fastest first. */
const struct lanes *lanes_list(size_t *count);

#endif
