/*
 * math_pow: pow.
 *
 * x^y = 2^(y log2 |x|), where the logarithm needs some 64 bits, as it is multiplied by up to 2^10
 * before it counts absolutely. |x| = 2^k m, s = (m - 1) / (m + 1) with the remainder of the
 * division,
 *
 *     log2(m) = s (c1 + s^2 (c3 + s^2 Q(s^2))),    c1 = 2 / ln 2, c3 = c1 / 3,
 *
 * in pairs of doubles but for Q without its first coefficient, which weighs 2^-18 at most. Its
 * relative error is 2^-67: times 2^10 that is a fiftieth of a unit in the last place of the power.
 * Then 2 to the integer part of y log2 |x|, and exp2's polynomial for the rest.
 *
 * x^2 is x x, rounded once: it is the power that is used most, and where the exponent is a constant
 * the compiler leaves nothing else.
 *
 * Sources: T. J. Dekker 1971 for products and quotients of pairs; P. T. P. Tang 1992 for the
 * outline.
 */
#ifndef PARSUM_MATH_POW_H
#define PARSUM_MATH_POW_H

#include "math_log.h"

/* log2(x) for x > 0 and finite. */
PARSUM_MATH struct parsum_two parsum_log2_pair(double x)
{
    const struct parsum_parted a = parsum_part(x);
    const double f = a.m - 1;
    const struct parsum_two d = parsum_fast_two_sum(2, f);
    const double s = f / d.hi;
    const struct parsum_two p = parsum_two_product(s, d.hi);
    const double s_lo = (((f - p.hi) - p.lo) - s * d.lo) / d.hi;
    const struct parsum_two square = parsum_two_product(s, s);
    const double z = square.hi, z_lo = square.lo + 2 * s * s_lo, z2 = z * z, z4 = z2 * z2;
    const double q =
        ((0.4121985831113717 + 0.32059889790756 * z) +
         (0.26230819920566095 + 0.22195223765565672 * z) * z2) +
        ((0.19240244351968588 + 0.16843093845809975 * z) + 0.1729739972559205 * z2) * z4;
    /* z Q: the product of the upper halves is exact. */
    const double z_up = parsum_upper(z), first = 0x1.2776c5p-1, first_lo = 0x1.df37f713f4e50p-30;
    const double rest = (z - z_up) * first + z * (first_lo + z * q);
    const struct parsum_two t = parsum_fast_two_sum(0x1.ec709dc3a03fdp-1, z_up * first);
    const struct parsum_two zt = parsum_two_product(z, t.hi);
    /* z_lo times the derivative, c3 + 2 z Q */
    const double of_lo = z_lo * (2 * t.hi - 0x1.ec709dc3a03fdp-1);
    const double zt_lo = zt.lo + (z * (t.lo + (rest + 0x1.d27f05548af0cp-55)) + of_lo);
    const struct parsum_two u = parsum_fast_two_sum(0x1.71547652b82fep1, zt.hi);
    const double u_lo = u.lo + (zt_lo + 0x1.777d0ffda0d24p-55);
    const struct parsum_two l = parsum_two_product(s, u.hi);
    const struct parsum_two sum = parsum_fast_two_sum(a.k, l.hi);
    return parsum_fast_two_sum(sum.hi, sum.lo + (l.lo + (s * u_lo + s_lo * u.hi)));
}

/* All ones if |y|, given as a magnitude, is an integer. */
PARSUM_MATH uint64_t parsum_is_integer(double y)
{
    return PARSUM_MASK((y + 0x1p52) - 0x1p52 == y) | PARSUM_MASK(y >= 0x1p52);
}

PARSUM_MATH double parsum_pow(double x, double y)
{
    const double ax = parsum_magnitude(x), ay = parsum_magnitude(y);
    const struct parsum_two l = parsum_log2_pair(ax);
    /* Beyond 2^65, x^y is 0, 1 or infinite. */
    const double limited =
        parsum_sign_by(parsum_pick(PARSUM_MASK(ay < 0x1p65), ay, 0x1p65), parsum_to_bits(y));
    const struct parsum_two p = parsum_two_product(limited, l.hi);
    const struct parsum_two e = parsum_fast_two_sum(p.hi, p.lo + limited * l.lo);
    const double rounded = e.hi + PARSUM_ROUND;
    const struct parsum_two f = parsum_two_sum(e.hi - (rounded - PARSUM_ROUND), e.lo);
    const struct parsum_two s = parsum_exp2_kernel(f.hi, f.lo);
    const double power = parsum_scale(s.hi + s.lo, rounded, PARSUM_MASK(e.hi < -1020));
    const double low = parsum_put(PARSUM_MASK(e.hi < -1076), 0, power);
    const double high = parsum_put(PARSUM_MASK((e.hi - 1024) + e.lo >= 0), PARSUM_INFINITY, low);
    /* |x| is 0 or infinite */
    const uint64_t zero = PARSUM_MASK(ax == 0), infinite = PARSUM_MASK(ax > 0x1.fffffffffffffp1023);
    const uint64_t grows = zero ^ PARSUM_MASK(y > 0);
    const double edge = parsum_put(zero | infinite, PARSUM_INFINITY & grows, high);
    /* x < 0 */
    const uint64_t negative = PARSUM_MASK(parsum_to_bits(x) >> 63);
    const uint64_t integer = parsum_is_integer(ay), odd = integer & ~parsum_is_integer(0.5 * ay);
    const double signed_edge = parsum_sign_by(edge, negative & odd & PARSUM_SIGN);
    const uint64_t none =
        (negative & ~integer & ~zero & ~infinite) | PARSUM_MASK(x != x) | PARSUM_MASK(y != y);
    const double any = parsum_put(none, PARSUM_NAN, signed_edge);
    const double powered =
        parsum_put(PARSUM_MASK(x == 1) | PARSUM_MASK(y == 0), parsum_to_bits(1), any);
    return parsum_pick(PARSUM_MASK(y == 2), parsum_keep_nan(x, x * x), powered);
}

PARSUM_OF_FLOATS(pow)

#endif
