/*
 * math_hyperbolic: sinh, cosh, tanh.
 *
 * |x| = k ln 2 + r as in exp. With A = 2^k + 2^-k and B = 2^k - 2^-k
 *
 *     2 cosh(|x|) = A cosh(r) + B sinh(r)    2 sinh(|x|) = B cosh(r) + A sinh(r),
 *
 * where cosh(r) - 1 and sinh(r) - r are minimax polynomials, of relative error 2^-70 and 2^-61, and
 * what is left, A + B r or B + A r, is a sum of products by powers of two that are exact. For sinh
 * B r^2 / 2 is added to that with its error: near 0.35, where B and A r have other signs, it is a
 * seventh of the result. tanh is the quotient, with the remainder of the division. From k = 40 on
 * 2^-k is nothing, and 2^(k - 40) a factor.
 */
#ifndef PARSUM_MATH_HYPERBOLIC_H
#define PARSUM_MATH_HYPERBOLIC_H

#include "math_exp.h"

/* 2 sinh(|x|) and 2 cosh(|x|), as hi + lo, over a power of two, which is in PARSUM_ROUND + power.
 */
struct parsum_hyperbolic {
    struct parsum_two sine, cosine;
    double power;
};

/* 0 <= a <= 2000. */
PARSUM_MATH struct parsum_hyperbolic parsum_hyperbolic_kernel(double a)
{
    const struct parsum_reduced x = parsum_exp_reduce(a);
    const double k = parsum_pick(PARSUM_MASK(x.k < 40), x.k, 40) + PARSUM_ROUND;
    const double up = parsum_from_bits((parsum_to_bits(k) + 1023) << 52);
    const double down = parsum_from_bits((1023 - parsum_to_bits(k)) << 52);
    const struct parsum_two sum = parsum_fast_two_sum(up, down);
    const struct parsum_two difference = parsum_fast_two_sum(up, -down);
    const double r = x.r.hi;
    const struct parsum_two square = parsum_two_product(r, r);
    const double z = square.hi, z2 = z * z, z4 = z2 * z2, half = 0.5 * z;
    const double c = z2 * (((0.04166666666666671 + 0.0013888888888863853 * z) +
                            (2.4801587363553566e-05 + 2.755724169234107e-07 * z) * z2) +
                           2.09244663684519e-09 * z4) +
                     (0.5 * square.lo + r * x.r.lo);
    const double s = r * (z * (((0.16666666666666677 + 0.008333333333321579 * z) +
                                (0.00019841269886265551 + 2.7557244061734075e-06 * z) * z2) +
                               2.5109090725266603e-08 * z4));
    const struct parsum_two a0 = parsum_fast_two_sum(sum.hi, up * r);
    const double a_lo = a0.lo + (sum.lo - down * r);
    const double cosine_lo = a_lo + (sum.hi * (half + c) + difference.hi * (s + x.r.lo));
    const struct parsum_two b0 = parsum_fast_two_sum(difference.hi, up * r);
    const struct parsum_two b1 = parsum_fast_two_sum(b0.hi, down * r);
    const struct parsum_two b2 = parsum_fast_two_sum(b1.hi, up * half);
    const struct parsum_two b3 = parsum_fast_two_sum(b2.hi, -down * half);
    const double b_lo = b3.lo + (b2.lo + (b1.lo + (b0.lo + difference.lo)));
    const double sine_lo = b_lo + (difference.hi * c + sum.hi * (s + x.r.lo));
    return (struct parsum_hyperbolic){
        {b3.hi, sine_lo}, {a0.hi, cosine_lo}, x.rounded - (k - PARSUM_ROUND)};
}

/* y / 2 times the power, of at most 2^1000. */
PARSUM_MATH double parsum_hyperbolic_scale(double y, double power)
{
    return y * parsum_from_bits((parsum_to_bits(power) + 1022) << 52);
}

/* x, or 711 for larger ones, of which sinh and cosh are infinite. */
PARSUM_MATH double parsum_hyperbolic_limit(double a)
{
    return parsum_pick(PARSUM_MASK(a < 711), a, 711);
}

PARSUM_MATH double parsum_sinh(double x)
{
    const double a = parsum_magnitude(x);
    const struct parsum_hyperbolic h = parsum_hyperbolic_kernel(parsum_hyperbolic_limit(a));
    const double y = parsum_hyperbolic_scale(h.sine.hi + h.sine.lo, h.power);
    return parsum_keep_nan(x, parsum_sign_by(y, parsum_to_bits(x)));
}

PARSUM_MATH double parsum_cosh(double x)
{
    const double a = parsum_magnitude(x);
    const struct parsum_hyperbolic h = parsum_hyperbolic_kernel(parsum_hyperbolic_limit(a));
    const double y = parsum_hyperbolic_scale(h.cosine.hi + h.cosine.lo, h.power);
    return parsum_keep_nan(x, y);
}

PARSUM_MATH double parsum_tanh(double x)
{
    const double a = parsum_magnitude(x);
    const struct parsum_hyperbolic h =
        parsum_hyperbolic_kernel(parsum_pick(PARSUM_MASK(a < 30), a, 30));
    const struct parsum_two n = parsum_fast_two_sum(h.sine.hi, h.sine.lo);
    const struct parsum_two d = parsum_fast_two_sum(h.cosine.hi, h.cosine.lo);
    const double q = n.hi / d.hi;
    const struct parsum_two p = parsum_two_product(q, d.hi);
    const double y = q + (((n.hi - p.hi) - p.lo) + (n.lo - q * d.lo)) / d.hi;
    return parsum_keep_nan(x, parsum_sign_by(y, parsum_to_bits(x)));
}

PARSUM_OF_FLOAT(sinh)
PARSUM_OF_FLOAT(cosh)
PARSUM_OF_FLOAT(tanh)

#endif
