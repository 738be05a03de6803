/*
 * math_exp: exp, exp2, expm1.
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2, and exp(x) = 2^k exp(r) with exp(r) = 1 + r + r^2 P(r). ln 2
 * has two parts, of which k times the first is exact; so r is known as hi + lo. 1 + r is summed
 * with its error, so that what is rounded more than once, r^2 P(r) < 0.07, weighs little: about 0.3
 * ulp beside the last rounding's half. P is a minimax polynomial, of relative error 2^-58.
 * Subnormal results are rounded once more.
 *
 * expm1(x) = 2^k ((1 - 2^-k) + r + r^2 P(r)), where 1 - 2^-k is 0 for k = 0, and exact up to k
 * = 53. r^2 / 2 is added with its error, too: near 0.36, where 1 - 2^-k and r have other signs, it
 * is a fifth of the result.
 *
 * Method: W. J. Cody, W. Waite, "Software manual for the elementary functions", 1980.
 */
#ifndef PARSUM_MATH_EXP_H
#define PARSUM_MATH_EXP_H

#include "math_base.h"

#define PARSUM_LN2_HI 0x1.62e42feep-1 /* 32 bits; k times that is exact for k of 21 bits */
#define PARSUM_LN2_LO 0x1.a39ef35793c76p-33

/* x = k ln 2 + r. */
struct parsum_reduced {
    double k, rounded; /* rounded: PARSUM_ROUND + k */
    struct parsum_two r;
};

/* |x| at most 2000. */
PARSUM_MATH struct parsum_reduced parsum_exp_reduce(double x)
{
    const double rounded = x * 0x1.71547652b82fep0 + PARSUM_ROUND;
    const double k = rounded - PARSUM_ROUND;
    const double t = x - k * PARSUM_LN2_HI, w = k * PARSUM_LN2_LO;
    const double r = t - w;
    return (struct parsum_reduced){k, rounded, {r, (t - r) - w}};
}

/* exp(r) - 1 - r for |r| <= 0.3467. */
PARSUM_MATH double parsum_exp_rest(double r)
{
    const double r2 = r * r, r4 = r2 * r2;
    const double a = (0.5000000000000013 + 0.166666666666667 * r) +
                     (0.04166666666651496 + 0.008333333333307023 * r) * r2;
    const double b = (0.0013888888947150976 + 0.0001984126991775313 * r) +
                     (2.4801489789681152e-05 + 2.7557215976539836e-06 * r) * r2;
    const double c = 2.763133874405138e-07 + 2.5117963500519946e-08 * r;
    return r2 * (a + r4 * (b + r4 * c));
}

/* (exp(r) - 1 - r - r^2 / 2) / r^3. */
PARSUM_MATH double parsum_expm1_cubic(double r)
{
    double p = 2.0924529928183483e-09;
    p = p * r + 2.5109090658138226e-08;
    p = p * r + 2.75572424656055e-07;
    p = p * r + 2.755724406173861e-06;
    p = p * r + 2.4801587360927838e-05;
    p = p * r + 0.00019841269886265798;
    p = p * r + 0.0013888888888866622;
    p = p * r + 0.008333333333321579;
    p = p * r + 0.0416666666666667;
    p = p * r + 0.16666666666666677;
    return p;
}

/* exp(r) - 1 - r, with a relative error of 2^-61 also as r tends to 0. */
PARSUM_MATH double parsum_expm1_rest(double r)
{
    return r * r * (parsum_expm1_cubic(r) * r + 0.5);
}

/*
 * The power with exponent x, which is y * 2^k: y is in [1/2, 2), k in PARSUM_ROUND + k. It is
 * normal for x from `normal` on, 0 below `least`, and infinite beyond `most`.
 */
PARSUM_MATH double parsum_exp_end(double x, double y, double rounded, double normal, double least,
                                  double most)
{
    const uint64_t bits = parsum_to_bits(y) + (parsum_to_bits(rounded) << 52);
    const _Bool large = !(x <= most); /* or NaN */
    if (large | !(x >= normal)) {
        /* Perhaps subnormal: 2^64 times too large, and then rounded once more. */
        const double small = parsum_from_bits(bits + (UINT64_C(64) << 52)) * 0x1p-64;
        return parsum_special(small, PARSUM_MASK(x < least) | PARSUM_MASK(large),
                              PARSUM_INFINITY & PARSUM_MASK(large), x != x);
    }
    return parsum_from_bits(bits);
}

PARSUM_MATH double parsum_exp(double x)
{
    const struct parsum_reduced a = parsum_exp_reduce(x);
    const struct parsum_two s = parsum_fast_two_sum(1, a.r.hi);
    const double rest = a.r.lo + parsum_exp_rest(a.r.hi);
    return parsum_exp_end(x, s.hi + (s.lo + rest), a.rounded, -708, -745.2, 0x1.62e42fefa39efp9);
}

PARSUM_MATH double parsum_expm1(double x)
{
    const struct parsum_reduced a = parsum_exp_reduce(x);
    const double k = parsum_pick(PARSUM_MASK(a.k < 64), a.k, 64); /* beyond, 2^-k is nothing */
    const double power = parsum_from_bits((1023 - parsum_to_bits(k + PARSUM_ROUND)) << 52);
    const double one = 1 - power, r = a.r.hi;
    const struct parsum_two square = parsum_two_product(r, r);
    const struct parsum_two s = parsum_fast_two_sum(one, r);
    const struct parsum_two t = parsum_fast_two_sum(s.hi, 0.5 * square.hi);
    const double lo = t.lo + (s.lo + (((1 - one) - power) + a.r.lo * (1 + r)));
    const double rest = 0.5 * square.lo + square.hi * (r * parsum_expm1_cubic(r));
    const double y = (t.hi + (lo + rest)) * 2;
    const double scaled = y * parsum_from_bits((parsum_to_bits(a.rounded) + 1022) << 52);
    const double low = parsum_put(PARSUM_MASK(x < -40), parsum_to_bits(-1), scaled);
    const double high = parsum_put(PARSUM_MASK(x > 709.79), PARSUM_INFINITY, low);
    return parsum_keep_nan(x, parsum_pick(PARSUM_MASK(x == 0), x, high));
}

/* 2^(f + lo) as hi + lo, for |f| <= 0.501 and a small lo: 1 + f ln 2 + f^2 Q(f), where f and ln 2
   are halved so that the product of their upper halves is exact. */
PARSUM_MATH struct parsum_two parsum_exp2_kernel(double f, double lo)
{
    const double ln2_hi = 0x1.62e42f8p-1, ln2_lo = 0x1.be8e7bcd5e4f2p-27;
    const double fh = parsum_upper(f), fl = f - fh;
    const struct parsum_two s = parsum_fast_two_sum(1, fh * ln2_hi);
    double q = 4.457236052610831e-10;
    q = q * f + 7.073880216776112e-09;
    q = q * f + 1.0178047799353572e-07;
    q = q * f + 1.321543472710444e-06;
    q = q * f + 1.525273386303174e-05;
    q = q * f + 0.00015403530458191404;
    q = q * f + 0.0013333558146386179;
    q = q * f + 0.009618129107593318;
    q = q * f + 0.05550410866482169;
    q = q * f + 0.24022650695910133;
    const double small = fl * ln2_hi + (f * ln2_lo + lo * (ln2_hi * s.hi));
    return (struct parsum_two){s.hi, s.lo + (small + f * f * q)};
}

PARSUM_MATH double parsum_exp2(double x)
{
    const double rounded = x + PARSUM_ROUND;
    const struct parsum_two s = parsum_exp2_kernel(x - (rounded - PARSUM_ROUND), 0);
    return parsum_exp_end(x, s.hi + s.lo, rounded, -1020, -1076, 0x1.fffffffffffffp9);
}

PARSUM_OF_FLOAT(exp)
PARSUM_OF_FLOAT(exp2)
PARSUM_OF_FLOAT(expm1)

#endif
