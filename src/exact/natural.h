/*
 * natural: natural numbers of up to 8960 bits, for what is made of a few exact sums at the end. The
 * largest is the square of a sum of products of doubles (kulisch), of up to 4320 bits.
 *
 * Limbs of 64 bits, the lowest first; limb[length - 1] is not 0. The schoolbook's methods: the
 * numbers mostly have two or three limbs.
 *
 * Pure functions on memory of the caller; thread-safe. A result may be one of the operands, but for
 * natural_multiply. Results must have room.
 */
#ifndef PARSUM_NATURAL_H
#define PARSUM_NATURAL_H

#include <stdbool.h>
#include <stdint.h>

enum { NATURAL_LIMBS = 140 };

struct natural {
    int length; /* 0: the number is 0 */
    uint64_t limb[NATURAL_LIMBS];
};

/* *number = value */
void natural_set(struct natural *number, unsigned __int128 value);

/* How many bits there are, leading zeros left out; 0 for 0. */
int natural_bits(const struct natural *number);

/* -1, 0 or 1: a is less than b, equal, greater. */
int natural_compare(const struct natural *a, const struct natural *b);

/* a + b; a - b, where a must not be less than b; a * b, not into a or b; a * 2^bits. */
void natural_add(struct natural *sum, const struct natural *a, const struct natural *b);
void natural_subtract(struct natural *difference, const struct natural *a, const struct natural *b);
void natural_multiply(struct natural *product, const struct natural *a, const struct natural *b);
void natural_shift(struct natural *shifted, const struct natural *a, int bits);

/* Bits [at, at + 128) of the number; `at` may be negative: below the lowest bit there are zeros. */
unsigned __int128 natural_window(const struct natural *number, int at);

/* True if any of the lowest `count` bits is 1. */
bool natural_any_below(const struct natural *number, int count);

#endif
