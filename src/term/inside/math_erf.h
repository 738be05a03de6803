/*
 * math_erf: erf.
 *
 * erf(c + d) for c the nearest multiple of 1/64, |d| <= 1/128, is erf(c) + S d E with S =
 * 2/sqrt(pi) exp(-c^2) and E the mean of exp(-2 c t - t^2) between 0 and d, by its Taylor series in
 * u = c d and w = d^2. Below 1/2 the sum is written x + (erf(c) - c + (S E - 1) d), so that what is
 * rounded more than once is a small part of it. From 6 on erf is 1.
 *
 * A table is slow to read in vectors, so that it has two numbers a point: the rest of erf(c) is in
 * four bits of S, which these need not have.
 */
#ifndef PARSUM_MATH_ERF_H
#define PARSUM_MATH_ERF_H

#include "math_base.h"
#include "math_erf_table.h"

PARSUM_MATH double parsum_erf(double x)
{
    const double a = parsum_magnitude(x), most = parsum_pick(PARSUM_MASK(a < 6), a, 6);
    const double rounded = most * 64 + PARSUM_ROUND, c = (rounded - PARSUM_ROUND) * 0.015625;
    const uint64_t n = parsum_to_bits(rounded) & 0x1ff, early = PARSUM_MASK(n < 32);
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
    const double value = parsum_erf_table[n][0], part = parsum_erf_table[n][1];
    const double value_lo =
        parsum_from_bits((parsum_to_bits(part) & 15) | parsum_to_bits(0x1p-5)) - (0x1p-5 + 0x1p-54);
    const double slope = part + parsum_put(early, parsum_to_bits(1), 0);
    const double rest = part * d + slope * d * e;
    const double base = parsum_pick(early, most, value);
    const double y = base + (parsum_pick(early, value, value_lo) + rest);
    return parsum_keep_nan(x, parsum_sign_by(y, parsum_to_bits(x)));
}

PARSUM_OF_FLOAT(erf)

#endif
