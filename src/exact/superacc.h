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
#include <string.h>

enum { SUPERACC_CHUNKS = 67 };

/* The sum is all chunk[k] * 2^(32k - 1074) together. No padding, so structs compare by bytes. */
struct superacc {
    int64_t chunk[SUPERACC_CHUNKS];
    /* additions since carries were propagated: no |chunk| exceeds (used + 1) * 2^52 */
    int64_t used;
};

/*
 * The most additions between two propagations. 2^11 - 2 is the limit that |chunk| < 2^63 sets; less
 * than half of it lets two sums that are both in use be merged first and propagated then.
 */
enum { SUPERACC_USED = 1000 };

/* Makes *sum 0. */
void superacc_clear(struct superacc *sum);

/* Adds x[0] to x[n-1]; all must be finite. */
void superacc_add_array(struct superacc *sum, const double *x, size_t n);

/* Adds *from to *into; they may be one and the same. */
void superacc_merge(struct superacc *into, const struct superacc *from);

/*
 * Propagates all carries. Afterwards every chunk but the last lies in [0, 2^32), the last has the
 * sign, and `used` is 0: equal sums have equal bytes.
 */
void superacc_normalize(struct superacc *sum);

/* What a finite double is: m * 2^(shift - 1074), |m| < 2^53, shift <= 2045. */
struct superacc_term {
    int64_t m;
    uint64_t shift;
};

static inline struct superacc_term superacc_term(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint64_t exponent = bits >> 52 & 0x7ff;
    const uint64_t normal =
        exponent != 0; /* has the hidden bit; a subnormal has exponent 1's unit */
    const int64_t sign = (int64_t)bits >> 63; /* 0 or -1 */
    const int64_t magnitude = (int64_t)((bits & ((UINT64_C(1) << 52) - 1)) | normal << 52);
    return (struct superacc_term){(magnitude ^ sign) - sign, exponent - normal};
}

/* Adds a term to the chunks of a sum that has room for it; see superacc.c. */
static inline void superacc_add_to(int64_t *chunk, struct superacc_term term)
{
    const uint64_t k = term.shift / 32;
    const uint64_t r = term.shift % 32;

    chunk[k] += (uint32_t)term.m << r;
    chunk[k + 1] += term.m >> (32 - r);
}

/* Adds a term, which may be as large as |m| < 2^53, shift < 2112, and be no double. */
static inline void superacc_add_term(struct superacc *sum, struct superacc_term term)
{
    if (sum->used == SUPERACC_USED)
        superacc_normalize(sum);
    sum->used++;
    superacc_add_to(sum->chunk, term);
}

/* Adds count * 2^exponent; -1074 <= exponent <= 1005. */
void superacc_add_units(struct superacc *sum, int64_t count, int exponent);

/* Adds x, which must be finite. Inline, as it runs twice a job, and a job may be tiny. */
static inline void superacc_add(struct superacc *sum, double x)
{
    superacc_add_term(sum, superacc_term(x));
}

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
