/*
 * math_erfc: erfc.
 *
 * erfc(x) = exp(-x^2) W(x) for x >= 0, where W has a minimax polynomial of degree 11 for each of
 * eight intervals an octave of 1 + x, of relative error 2^-58; x^2 and the product are pairs of
 * doubles. erfc(-x) = 2 - erfc(x).
 */
#ifndef PARSUM_MATH_ERFC_H
#define PARSUM_MATH_ERFC_H

#include "math_erfc_table.h"
#include "math_exp.h"

/* erfc(a) for 0 <= a <= 28. */
PARSUM_MATH double parsum_erfc_kernel(double a)
{
    /* W */
    const uint64_t bits = parsum_to_bits(1 + a) & UINT64_C(0x7ffe000000000000);
    const double *const c = parsum_erfc_table[(bits >> 49) - (1023 << 3)];
    const double middle = parsum_from_bits(bits | UINT64_C(0x0001000000000000));
    const double d = a - (middle - 1), d2 = d * d, d4 = d2 * d2;
    const double p =
        ((c[2] + c[3] * d) + (c[4] + c[5] * d) * d2) +
        (((c[6] + c[7] * d) + (c[8] + c[9] * d) * d2) + ((c[10] + c[11] * d) + c[12] * d2) * d4) *
            d4;
    const struct parsum_two v = parsum_fast_two_sum(c[0], d * p + c[1]);
    /* exp(-a^2) */
    const struct parsum_two square = parsum_two_product(a, a);
    const struct parsum_reduced x = parsum_exp_reduce(-square.hi);
    const struct parsum_two r = parsum_two_sum(x.r.hi, x.r.lo - square.lo);
    const struct parsum_two one = parsum_fast_two_sum(1, r.hi);
    const struct parsum_two e =
        parsum_fast_two_sum(one.hi, one.lo + (r.lo * one.hi + parsum_expm1_rest(r.hi)));
    const struct parsum_two y = parsum_two_product(e.hi, v.hi);
    return parsum_scale(y.hi + (y.lo + (e.hi * v.lo + e.lo * v.hi)), x.rounded,
                        PARSUM_MASK(a > 25));
}

PARSUM_MATH double parsum_erfc(double x)
{
    const double a = parsum_magnitude(x);
    const double y = parsum_erfc_kernel(parsum_pick(PARSUM_MASK(a < 27.5), a, 27.5));
    const double tail = parsum_put(PARSUM_MASK(a > 27.3), 0, y);
    return parsum_keep_nan(x, parsum_pick(PARSUM_MASK(x < 0), 2 - tail, tail));
}

PARSUM_OF_FLOAT(erfc)

#endif
