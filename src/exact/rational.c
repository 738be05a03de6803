/*
 * A quotient of 126 bits and a bit that says whether that is all determine what a double is rounded
 * to. So does a root of 63 bits: the integer part of the root of q is that of the root of the
 * integer part of q, and the root is whole only if both have no rest.
 */
#include "exact/rational.h"

#include "exact/round.h"

#include <string.h>

typedef unsigned __int128 uint128;

/* A divisor's limbs; what is divided has one more. */
enum { LIMBS = RATIONAL_DIVISOR_BITS / 64 };

/*
 * The next digit, of 64 bits, of a quotient: u is divided by v, and becomes the rest. The highest
 * bit of v is 1, and u / v is less than 2^64. The first guess, from the two highest limbs of u and
 * the highest one of v, is too large by 2 at most.
 *
 * Source: D. E. Knuth, "The Art of Computer Programming", volume 2, 4.3.1, algorithm D.
 */
static uint64_t next_digit(uint64_t u[LIMBS + 1], const uint64_t v[LIMBS])
{
    const uint128 highest = (uint128)u[LIMBS] << 64 | u[LIMBS - 1];
    uint64_t digit = u[LIMBS] >= v[LIMBS - 1] ? UINT64_MAX : (uint64_t)(highest / v[LIMBS - 1]);
    uint128 product = 0;
    uint64_t borrow = 0;
    for (int k = 0; k <= LIMBS; k++) {
        product += k < LIMBS ? (uint128)digit * v[k] : 0;
        const uint128 difference = (uint128)u[k] - (uint64_t)product - borrow;
        u[k] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
        product >>= 64;
    }
    for (bool below = borrow != 0; below;) { /* 0: give v back */
        uint128 sum = 0;
        digit--;
        for (int k = 0; k <= LIMBS; k++) {
            sum += (uint128)u[k] + (k < LIMBS ? v[k] : 0);
            u[k] = (uint64_t)sum;
            sum >>= 64;
        }
        below = sum == 0;
    }
    return digit;
}

/* The integer part of a quotient times a power of two. */
struct quotient {
    uint128 whole; /* of 125 to 127 bits */
    bool more;     /* something is lost below */
    int exponent;  /* whole * 2^exponent is the quotient, or just below it */
};

/*
 * Two digits of 64 bits. The quotient is less than 2^(at - 1), so the numerator's bits from `at` up
 * are less than the divisor. What comes after these digits matters only as `more`. Both numbers are
 * shifted, so that the divisor's highest bit is that of its limbs. With `even` the exponent is.
 */
static struct quotient divide(const struct natural *numerator, const struct natural *divisor,
                              int exponent, bool even)
{
    const int shift = 64 * LIMBS - natural_bits(divisor);
    int at = natural_bits(numerator) - natural_bits(divisor) + 2;
    at += even && (exponent + at) % 2 != 0;
    uint64_t u[LIMBS + 1], v[LIMBS];
    for (int k = 0; k < LIMBS; k++) {
        v[k] = (uint64_t)natural_window(divisor, 64 * k - shift);
        u[k] = (uint64_t)natural_window(numerator, at - shift + 64 * k);
    }
    struct quotient quotient = {0};
    for (int j = 0; j < 2; j++) {
        memmove(u + 1, u, LIMBS * sizeof *u);
        at -= 64;
        u[0] = (uint64_t)natural_window(numerator, at - shift);
        quotient.whole = quotient.whole << 64 | next_digit(u, v);
    }
    for (int k = 0; k < LIMBS; k++)
        quotient.more |= u[k] != 0;
    quotient.more |= natural_any_below(numerator, at - shift);
    quotient.exponent = exponent + at;
    return quotient;
}

/* The integer part of the root of 0 to 2^127 - 1, by Newton's method from above. */
static uint64_t root_of(uint128 square)
{
    const int bits = (round_length(square) + 1) / 2;
    uint64_t root = bits < 64 ? UINT64_C(1) << bits : UINT64_MAX;
    while (root > 0) {
        const uint64_t next = (uint64_t)((root + square / root) / 2);
        if (next >= root)
            break;
        root = next;
    }
    return root;
}

double rational_round(bool negative, const struct natural *numerator, const struct natural *divisor,
                      int exponent)
{
    if (numerator->length == 0)
        return 0.0;
    const struct quotient quotient = divide(numerator, divisor, exponent, false);
    return round_double(negative, quotient.whole, quotient.more, quotient.exponent);
}

double rational_round_root(const struct natural *numerator, const struct natural *divisor,
                           int exponent)
{
    if (numerator->length == 0)
        return 0.0;
    const struct quotient quotient = divide(numerator, divisor, exponent, true);
    const uint64_t root = root_of(quotient.whole);
    const bool more = quotient.more || (uint128)root * root != quotient.whole;
    return round_double(false, root, more, quotient.exponent / 2);
}
