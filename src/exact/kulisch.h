/*
 * kulisch: a sum of doubles and of unrounded products of doubles, as a fixed-point number wide
 * enough for all of them, with counts of infinities and NaN. What was added can be subtracted.
 *
 * Its chunks are those of superacc, 64 bits that overlap by 32, but more of them: the product of
 * two doubles is a multiple of 2^-2148 and less than 2^2048. The chunks from KULISCH_PLAIN on weigh
 * what those of a superacc do, so a sum of doubles alone touches these only. Which chunks may
 * differ from 0 is kept, so that short sums need not look at all of them.
 *
 * Source: U. Kulisch, "Computer arithmetic and validity", 2008, for the width; R. M. Neal, "Fast
 * exact summation using small and large superaccumulators", 2015, for the chunks.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share a struct.
 * A sum may be made of at most 2^63-1 additions, merged ones included.
 */
#ifndef PARSUM_KULISCH_H
#define PARSUM_KULISCH_H

#include "exact/superacc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KULISCH_CHUNKS = 133,
    KULISCH_UNIT = -2162,                                     /* chunk[0] counts units of 2^-2162 */
    KULISCH_PLAIN = (-1074 - KULISCH_UNIT) / 32,              /* of chunk[34] they are 2^-1074 */
    KULISCH_PLAIN_END = KULISCH_PLAIN + (2045 + 32) / 32 + 2, /* what no double reaches */
    KULISCH_USED = 1000,                                      /* as SUPERACC_USED */
};

/*
 * The sum is all chunk[k] * 2^(32k - 2162) together, for k from KULISCH_CHUNKS - below to above -
 * 1; the other chunks are 0. All bytes 0 is an empty sum. No padding.
 */
struct kulisch {
    int64_t chunk[KULISCH_CHUNKS];
    int64_t
        used; /* additions since carries were propagated: no |chunk| exceeds (used + 1) * 2^52 */
    int64_t below;         /* the lowest chunk in use, counted from the end; 0: none is */
    int64_t above;         /* the end of those in use */
    int64_t infinities[2]; /* how many were added: positive and negative ones */
    int64_t nans;
};

/* Makes *sum 0. */
void kulisch_clear(struct kulisch *sum);

/* Adds or subtracts any double. */
void kulisch_add(struct kulisch *sum, double x);
void kulisch_subtract(struct kulisch *sum, double x);

/* Adds x[0] to x[n-1], any doubles. */
void kulisch_add_array(struct kulisch *sum, const double *x, size_t n);

/* Adds or subtracts a product, which is not rounded. What is not finite counts as IEEE's product.
 */
void kulisch_add_product(struct kulisch *sum, double x, double y);
void kulisch_subtract_product(struct kulisch *sum, double x, double y);

/* Adds count * 2^exponent; -1074 <= exponent <= 971 and |count| < 2^63. */
void kulisch_add_units(struct kulisch *sum, int64_t count, int exponent);

/* Makes *sum what a superacc has. */
void kulisch_from_superacc(struct kulisch *sum, const struct superacc *from);

/* Adds *from to *into, or subtracts it; they may be one and the same. */
void kulisch_merge(struct kulisch *into, const struct kulisch *from);
void kulisch_subtract_sum(struct kulisch *into, const struct kulisch *from);

/* The sum, rounded once, to nearest even; see parsum_value (parsum.h) for infinities and NaN. */
double kulisch_round(const struct kulisch *sum);

/* True if no infinity and no NaN is in the sum. */
static inline bool kulisch_finite(const struct kulisch *sum)
{
    return (sum->infinities[0] | sum->infinities[1] | sum->nans) == 0;
}

/* What an infinity or NaN makes of a sum that is not kulisch_finite. */
double kulisch_special(const struct kulisch *sum);

/* The finite part of a sum as sign and magnitude. */
struct kulisch_digits {
    bool negative;
    int first, end; /* digit[first] and digit[end - 1] are not 0; both are 0 if the sum is */
    uint32_t
        digit[KULISCH_CHUNKS + 2]; /* of weight 2^(32k - 2162); defined from first to end - 1 */
};
void kulisch_read(const struct kulisch *sum, struct kulisch_digits *digits);

/* Makes *sum the finite sum of these digits; KULISCH_CHUNKS + 1 of them at most. */
void kulisch_write(struct kulisch *sum, const struct kulisch_digits *digits);

#endif
