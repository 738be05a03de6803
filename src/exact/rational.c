/*
 * A quotient of 126 bits and a bit that says whether that is all determine what a double is rounded
 * to. So does a root of 63 bits: the integer part of the root of q is that of the root of the
 * integer part of q, and the root is whole only if both have no rest.
 */
#include "exact/rational.h"

#include "exact/round.h"

typedef unsigned __int128 uint128;

/* What a division leaves: less than twice a divisor. */
struct rest {
    uint128 low, high;
};

static struct rest rest_of(const struct natural *number, int at)
{
    return (struct rest){natural_window(number, at), natural_window(number, at + 128)};
}

/* Takes the next bit, and returns the bit of the quotient: whether the divisor could be taken off.
 */
static inline unsigned take(struct rest *rest, unsigned bit, const struct rest *divisor)
{
    const struct rest twice = {rest->low << 1 | bit, rest->high << 1 | rest->low >> 127};
    const uint128 low = twice.low - divisor->low;
    const bool borrow = twice.low < divisor->low;
    const bool whole = twice.high > divisor->high || (twice.high == divisor->high && !borrow);
    rest->low = whole ? low : twice.low;
    rest->high = whole ? twice.high - divisor->high - borrow : twice.high;
    return whole;
}

/* The integer part of a quotient times a power of two. */
struct quotient {
    uint128 whole; /* of 125 to 127 bits */
    bool more;     /* something is lost below */
    int exponent;  /* whole * 2^exponent is the quotient, or just below it */
};

/*
 * Long division, bit by bit, in 0.3 us whatever the length of the numerator: the quotient is less
 * than 2^at, so the numerator's bits from `at` up are less than the divisor. What comes after 127
 * bits of the quotient matters only as `more`. With `even` the exponent is even.
 */
static struct quotient divide(const struct natural *numerator, const struct natural *divisor,
                              int exponent, bool even)
{
    int at = natural_bits(numerator) - natural_bits(divisor) + 1;
    struct quotient quotient = {0};
    struct rest rest = rest_of(numerator, at);
    const struct rest by = rest_of(divisor, 0);
    const int steps = 127 - (even && (exponent + at - 127) % 2 != 0);
    const uint128 bits = natural_window(numerator, at - 128);
    for (int j = 0; j < steps; j++)
        quotient.whole = quotient.whole << 1 | take(&rest, bits >> (127 - j) & 1, &by);
    at -= steps;
    quotient.more = (rest.low | rest.high) != 0 || natural_any_below(numerator, at);
    quotient.exponent = exponent + at;
    return quotient;
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
    uint64_t root = 0;
    for (int k = 63; k >= 0; k--) {
        const uint64_t with = root | UINT64_C(1) << k;
        if ((uint128)with * with <= quotient.whole)
            root = with;
    }
    const bool more = quotient.more || (uint128)root * root != quotient.whole;
    return round_double(false, root, more, quotient.exponent / 2);
}
