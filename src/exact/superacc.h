/*
 * superacc: a sum of doubles as a fixed-point number wide enough for every double, so that adding
 * never rounds.
 *
 * Source: R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015
 * (arXiv:1505.05571), the small superaccumulator: 64-bit chunks that overlap by 32 bits, so carries
 * have to be propagated only once in a thousand additions.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share a struct.
 * A sum may be made of at most 2^63-1 additions, merged ones included.
 */
#ifndef PARSUM_SUPERACC_H
#define PARSUM_SUPERACC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SUPERACC_CHUNKS = 67 };

/* The sum is all chunk[k] * 2^(32k - 1074) together. No padding, so structs compare by bytes. */
struct superacc {
    int64_t chunk[SUPERACC_CHUNKS];
    /* additions since carries were propagated: no |chunk| exceeds (used + 1) * 2^52 */
    int64_t used;
};

/* Makes *sum 0. */
void superacc_clear(struct superacc *sum);

/* Adds x[0] to x[n-1]; all must be finite. */
void superacc_add_array(struct superacc *sum, const double *x, size_t n);

/* Adds x, which must be finite. */
static inline void superacc_add(struct superacc *sum, double x)
{
    superacc_add_array(sum, &x, 1);
}

/* Adds *from to *into; they may be one and the same. */
void superacc_merge(struct superacc *into, const struct superacc *from);

/*
 * Propagates all carries. Afterwards every chunk but the last lies in [0, 2^32), the last has the
 * sign, and `used` is 0: equal sums have equal bytes.
 */
void superacc_normalize(struct superacc *sum);

/*
 * The sum, rounded once, to nearest even; an infinity where that is beyond the largest double.
 * A sum of zero is +0, whatever the signs of the zeros that went in.
 */
double superacc_round(const struct superacc *sum);

/* Room for any sum as text, with its end. */
enum { SUPERACC_TEXT = 560 };

/*
 * Writes the exact sum as text, with its end: "0", or an optional '-', lower-case hexadecimal
 * digits, '@' and a decimal K, which mean digits * 2^(32K - 1074), with the greatest K that leaves
 * the digits whole. Equal sums have equal text. No spaces; 1.0 is "40000@33". Returns where the
 * text ends.
 */
char *superacc_print(const struct superacc *sum, char text[SUPERACC_TEXT]);

/* Reads what superacc_print wrote, all `length` bytes of it. False if it is anything else. */
bool superacc_parse(const char *text, size_t length, struct superacc *sum);

#endif
