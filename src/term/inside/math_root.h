/*
 * math_root: cbrt, hypot.
 *
 * cbrt: x = 2^(3q) 2^r m with m in [1, 2) and r 0, 1 or 2. A polynomial gives the cube root t of m
 * to 2^-28, times that of 2^r, cut to 23 bits, so that t^2 is exact. One step of t (1 + (v - t^3) /
 * (2 t^3 + v)) for v = 2^r m (Halley) makes the error so small that only the last rounding counts,
 * and a third of that of v / t^2, which is 1/6 ulp, or 1/3 just below a power of two.
 *
 * hypot: the squares and their sum as pairs of doubles, and the remainder of the root. Both numbers
 * are scaled by a power of two where squares would overflow or lose bits.
 *
 * Method of cbrt: FreeBSD's libm, s_cbrt.c (B. Evans).
 */
#ifndef PARSUM_MATH_ROOT_H
#define PARSUM_MATH_ROOT_H

#include "math_base.h"

PARSUM_MATH double parsum_cbrt(double x)
{
    const double a = parsum_magnitude(x);
    const uint64_t small = PARSUM_MASK(a < 0x1p-1022);
    const uint64_t bits = parsum_to_bits(parsum_pick(small, a * 0x1p54, a));
    const uint64_t e = bits >> 52, q = (e * 21846) >> 16, r = e - 3 * q; /* 21846 = 2^16/3, up */
    const double m = parsum_from_bits((bits & UINT64_C(0xfffffffffffff)) | parsum_to_bits(1));
    const double v = parsum_from_bits(parsum_to_bits(m) + (r << 52));
    const double m2 = m * m, m4 = m2 * m2;
    const double p = ((0.4082408336037436 + 1.1564089459025562 * m) +
                      (-1.1378531868559065 + 0.9921183433918485 * m) * m2) +
                     (((-0.6244215872901214 + 0.26971748140903895 * m) +
                       (-0.07576056493062354 + 0.012460488680300832 * m) * m2) -
                      0.0009107503269782294 * m4) *
                         m4;
    const double root = parsum_pick(PARSUM_MASK(r == 1), 1.2599210498948732, 1);
    const double scaled = p * parsum_pick(PARSUM_MASK(r == 2), 1.5874010519681996, root);
    const double t = parsum_from_bits(parsum_to_bits(scaled) & UINT64_C(0xffffffffc0000000));
    const double w = v / (t * t); /* t^2 is exact */
    const double y = t + t * ((w - t) / (2 * t + w));
    /* 2^(q - 341), as 341 * 3 is the exponent's offset, and 2^-18 for what was 2^54 too large */
    const uint64_t power = (q + (1023 - 341) - (small & 18)) << 52;
    const double scaled_back = y * parsum_from_bits(power);
    const uint64_t edge = PARSUM_MASK(a == 0) | PARSUM_MASK(a > 0x1.fffffffffffffp1023);
    const double any = parsum_sign_by(parsum_pick(edge, a, scaled_back), parsum_to_bits(x));
    return parsum_keep_nan(x, any);
}

PARSUM_MATH double parsum_hypot(double x, double y)
{
    const double ax = parsum_magnitude(x), ay = parsum_magnitude(y);
    const uint64_t swap = PARSUM_MASK(ay > ax);
    const double large = parsum_pick(swap, ay, ax), small = parsum_pick(swap, ax, ay);
    const uint64_t huge = PARSUM_MASK(large > 0x1p500), tiny = PARSUM_MASK(large < 0x1p-400);
    const double down = parsum_pick(tiny, 0x1p600, parsum_pick(huge, 0x1p-600, 1));
    const double up = parsum_pick(tiny, 0x1p-600, parsum_pick(huge, 0x1p600, 1));
    const struct parsum_two a = parsum_two_product(large * down, large * down);
    const struct parsum_two b = parsum_two_product(small * down, small * down);
    const struct parsum_two s = parsum_fast_two_sum(a.hi, b.hi);
    const double r = __builtin_sqrt(s.hi);
    const struct parsum_two p = parsum_two_product(r, r);
    const double rest = ((s.hi - p.hi) - p.lo) + (s.lo + (a.lo + b.lo));
    const double root = (r + rest / (2 * r)) * up;
    const double zero = parsum_put(PARSUM_MASK(large == 0), 0, root);
    const double none = parsum_put(PARSUM_MASK(x != x) | PARSUM_MASK(y != y), PARSUM_NAN, zero);
    const uint64_t infinite =
        PARSUM_MASK(ax > 0x1.fffffffffffffp1023) | PARSUM_MASK(ay > 0x1.fffffffffffffp1023);
    return parsum_put(infinite, PARSUM_INFINITY, none);
}

PARSUM_OF_FLOAT(cbrt)
PARSUM_OF_FLOATS(hypot)

#endif
