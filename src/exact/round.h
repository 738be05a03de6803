/*
 * round: from an integer and a power of two to the nearest double. Pure; thread-safe; uses no
 * floating-point arithmetic, so no rounding mode has a say.
 */
#ifndef PARSUM_ROUND_H
#define PARSUM_ROUND_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* How many bits `top` has, leading zeros left out; 0 for 0. */
static inline int round_length(unsigned __int128 top)
{
    const uint64_t high = (uint64_t)(top >> 64), low = (uint64_t)top;
    return high != 0 ? 128 - __builtin_clzll(high) : low != 0 ? 64 - __builtin_clzll(low) : 0;
}

/* A double of its bits. */
static inline double round_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/*
 * (top + f) * 2^exponent, rounded to nearest, ties to even, subnormals too; an infinity beyond the
 * largest double. f is 0, or with `more` anything between 0 and 1: then top must have 55 bits or
 * more. |exponent| < 2^30.
 *
 * The result's lowest bit weighs 2^unit. The bits of the mantissa, the hidden one included, are
 * added to the exponent field less 1, so that a mantissa that is rounded up to 2^53 carries into
 * the exponent, up to the infinity; and one that has no hidden bit is a subnormal.
 */
static inline double round_double(bool negative, unsigned __int128 top, bool more, int exponent)
{
    const uint64_t sign = (uint64_t)negative << 63;
    const int length = round_length(top);
    int unit = exponent + length - 53;
    if (unit < -1074)
        unit = -1074;
    if (length == 0)
        return round_from_bits(0);
    if (unit > 971)
        return round_from_bits(sign | UINT64_C(0x7ff) << 52);
    const int drop = unit - exponent;
    uint64_t mantissa;
    bool up = false;
    if (drop <= 0) {
        mantissa = (uint64_t)(top << -drop);
    } else if (drop > 128) {
        mantissa = 0;
    } else {
        const unsigned __int128 half = (unsigned __int128)1 << (drop - 1);
        mantissa = drop == 128 ? 0 : (uint64_t)(top >> drop);
        const unsigned __int128 rest = top & (half | (half - 1));
        up = rest > half || (rest == half && (more || (mantissa & 1) != 0));
    }
    return round_from_bits(sign | (((uint64_t)(unit + 1074) << 52) + mantissa + up));
}

#endif
