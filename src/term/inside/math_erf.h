/*
 * math_erf: erf.
 *
 * Up to 1 erf(x) = x - x t/4 + x P(t), t = x^2 - 1/2, by a minimax polynomial of relative error
 * 2^-59, which is small: |P| < 1/20. The first two are summed with their error, so what is left is
 * the last addition, the rounding of x^2, a quarter of which counts, and that of x t/4, which is
 * below 1/8. If products are subnormal, one of them has to do: erf(x) = x + x (2/sqrt(pi) - 1).
 *
 * Beyond, erf(c + d) for c the nearest multiple of 1/64, |d| <= 1/128, is erf(c) + S d E with S =
 * 2/sqrt(pi) exp(-c^2) and E the mean of exp(-2 c t - t^2) between 0 and d, by its Taylor series in
 * u = c d and w = d^2. From 6 on erf is 1. A table is slow to read in vectors, so that it has two
 * numbers a point: the rest of erf(c) is in four bits of S, which these need not have.
 */
#ifndef PARSUM_MATH_ERF_H
#define PARSUM_MATH_ERF_H

#include "math_erf_table.h"
#include "math_vector.h"

PARSUM_MATH double parsum_erf_near(double x)
{
    const double t = x * x - 0.5, t2 = t * t, t4 = t2 * t2;
    const double p0 = (-0x1.1ae14dc34815ap-5 - 0x1.fd16292151fd6p-6 * t) +
                      (0x1.454368017b049p-4 - 0x1.2b902b7b2f28fp-6 * t) * t2;
    const double p1 = (0x1.c82aa249dd8fap-9 - 0x1.263991b802c87p-11 * t) +
                      (0x1.486638bf7d408p-14 - 0x1.429e93e6b2791p-17 * t) * t2;
    const double p2 = (0x1.1ad5e93c25b64p-20 - 0x1.bf8d2befed7f6p-24 * t) +
                      (0x1.429615a353b7bp-27 - 0x1.acbb1401f1104p-31 * t) * t2;
    const double p = p0 + (p1 + (p2 + 0x1.0169c3b05d673p-34 * t4) * t4) * t4;
    const double quarter = -0.25 * x * t, y = x + quarter;
    return y - (((y - x) - quarter) - x * p); /* keeps the sign of -0 */
}

PARSUM_MATH double parsum_erf_any(double x)
{
    const double a = parsum_magnitude(x), most = parsum_pick(PARSUM_MASK(a < 6), a, 6);
    const uint64_t beyond = PARSUM_MASK(a > 1);
    const double rounded = most * 64 + PARSUM_ROUND, c = (rounded - PARSUM_ROUND) * 0.015625;
    const uint64_t n = ((parsum_to_bits(rounded) & 0x1ff) - 64) & beyond;
    const double d = most - c, u = c * d, w = d * d, u2 = u * u, u4 = u2 * u2;
    const double e0 =
        ((-u + 0.6666666666666666 * u2) +
         (-0.3333333333333333 + 0.13333333333333333 * u) * (u2 * u)) +
        ((-0.044444444444444446 + 0.012698412698412698 * u) - 0.0031746031746031746 * u2) *
            (u4 * u);
    const double e1 = ((-0.3333333333333333 + 0.5 * u) + (-0.4 + 0.2222222222222222 * u) * u2) +
                      -0.09523809523809523 * u4;
    const double e2 = (0.1 - 0.16666666666666666 * u) + 0.14285714285714285 * u2;
    const double e = e0 + w * (e1 + w * (e2 - 0.023809523809523808 * w)); /* E - 1 */
    const double value = parsum_erf_table[n][0], slope = parsum_erf_table[n][1];
    const double value_lo =
        parsum_from_bits((parsum_to_bits(slope) & 15) | parsum_to_bits(0x1p-5)) -
        (0x1p-5 + 0x1p-54);
    const double far = value + (value_lo + (slope * d + slope * d * e));
    const double y =
        parsum_pick(beyond, parsum_sign_by(far, parsum_to_bits(x)), parsum_erf_near(x));
    const double up = x * 0x1p64, tiny = (up + up * 0.12837916709551256) * 0x1p-64;
    return parsum_keep_nan(x, parsum_pick(PARSUM_MASK(a < 0x1p-1000), tiny, y));
}

PARSUM_BY_VECTOR(erf, 0x1p-1000, 1.0, PARSUM_VECTOR_LOOP)
PARSUM_OF_FLOAT(erf)

#endif
