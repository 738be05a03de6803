/*
 * math_log: log, log2, log10, log1p.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1 (exact), s = f / (2 + f), and
 *
 *     log(1 + f) = 2 atanh(s) = 2 s + s R = f - f^2/2 + s (f^2/2 + R),
 *
 * R = s^2 (2/3 + 2/5 s^2 + ...), a minimax polynomial in s^2. Only the small terms, f^2/2 and the
 * last one, are rounded before they are added to f and k log 2. log1p sums all but the last one
 * with their errors, as k log 2 and f have other signs near sqrt(1/2); there its f is no short one.
 *
 * Method: FreeBSD's libm, e_log.c and k_log.h (Sun Microsystems 1993; S. Kargl, B. Evans).
 */
#ifndef PARSUM_MATH_LOG_H
#define PARSUM_MATH_LOG_H

#include "math_exp.h"

#define PARSUM_ROOT_HALF UINT64_C(0x3fe6a09e667f3bcd) /* bits of sqrt(1/2) */

struct parsum_parted {
    double k, m; /* x = 2^k m */
};

/* For x > 0 and finite; of others something. */
PARSUM_MATH struct parsum_parted parsum_part(double x)
{
    double normal = x, bias = 0x1p52 + 1023;
    if (x < 0x1p-1022) {
        normal = x * 0x1p54;
        bias += 54;
    }
    const uint64_t bits = parsum_to_bits(normal) + (parsum_to_bits(1) - PARSUM_ROOT_HALF);
    const double k = parsum_from_bits((bits >> 52) | parsum_to_bits(0x1p52)) - bias;
    const uint64_t m = (bits & UINT64_C(0x000fffffffffffff)) + PARSUM_ROOT_HALF;
    return (struct parsum_parted){k, parsum_from_bits(m)};
}

/* s (f^2/2 + R). */
PARSUM_MATH double parsum_log_rest(double f, double half_square)
{
    const double s = f / (2 + f), z = s * s;
    double p = 0.1479752772679417;
    p = p * z + 0.15313901680398073;
    p = p * z + 0.18183569779623743;
    p = p * z + 0.22222198475738184;
    p = p * z + 0.28571428743258753;
    p = p * z + 0.39999999999411145;
    p = p * z + 0.6666666666666735;
    return s * (half_square + z * p);
}

/* y = log(x) for x > 0 and finite; here what it is for the others. */
PARSUM_MATH double parsum_log_special(double x, double y)
{
    const _Bool positive = x > 0, large = !(x <= 0x1.fffffffffffffp1023);
    if (!positive | large) {
        const uint64_t sign = PARSUM_SIGN & PARSUM_MASK(x == 0);
        return parsum_special(y, ~PARSUM_MASK(positive) | PARSUM_MASK(large),
                              PARSUM_INFINITY | sign, !(x >= 0));
    }
    return y;
}

PARSUM_MATH double parsum_log(double x)
{
    const struct parsum_parted a = parsum_part(x);
    const double f = a.m - 1, half_square = 0.5 * f * f;
    const double rest = parsum_log_rest(f, half_square) + a.k * PARSUM_LN2_LO;
    return parsum_log_special(x, a.k * PARSUM_LN2_HI - ((half_square - rest) - f));
}

/* log(1 + f) as hi + lo, hi with 21 bits. */
PARSUM_MATH struct parsum_two parsum_log_kernel(double f)
{
    const double half_square = 0.5 * f * f;
    const double hi =
        parsum_from_bits(parsum_to_bits(f - half_square) & UINT64_C(0xffffffff00000000));
    return (struct parsum_two){hi, ((f - hi) - half_square) + parsum_log_rest(f, half_square)};
}

PARSUM_MATH double parsum_log2(double x)
{
    const double ratio_hi = 0x1.715476520p0, ratio_lo = 0x1.705fc2eefa2p-33; /* 1 / ln 2 */
    const struct parsum_parted a = parsum_part(x);
    const struct parsum_two l = parsum_log_kernel(a.m - 1);
    const struct parsum_two s = parsum_fast_two_sum(a.k, l.hi * ratio_hi);
    const double lo = (l.lo + l.hi) * ratio_lo + l.lo * ratio_hi;
    return parsum_log_special(x, s.hi + (s.lo + lo));
}

PARSUM_MATH double parsum_log10(double x)
{
    const double ratio_hi = 0x1.bcb7b152p-2, ratio_lo = 0x1.b9438ca9aadd5p-36; /* 1 / ln 10 */
    const double two_hi = 0x1.34413509f6p-2, two_lo = 0x1.9fef311f12b36p-42;   /* log10(2) */
    const struct parsum_parted a = parsum_part(x);
    const struct parsum_two l = parsum_log_kernel(a.m - 1);
    const struct parsum_two s = parsum_fast_two_sum(a.k * two_hi, l.hi * ratio_hi);
    const double lo = a.k * two_lo + ((l.lo + l.hi) * ratio_lo + l.lo * ratio_hi);
    return parsum_log_special(x, s.hi + (s.lo + lo));
}

/* 1 + x = u + c, where u is rounded; log(u + c) = log(u) + c/u, so near enough. Where k is 0,
   x itself is f. */
PARSUM_MATH double parsum_log1p(double x)
{
    const struct parsum_two u = parsum_two_sum(1, x);
    const struct parsum_parted a = parsum_part(u.hi);
    const uint64_t near = PARSUM_MASK(a.k == 0);
    const double f = parsum_pick(near, x, a.m - 1), half_square = 0.5 * f * f;
    const double power = parsum_from_bits((1023 - parsum_to_bits(a.k + PARSUM_ROUND)) << 52);
    const double c = parsum_put(near | PARSUM_MASK(a.k > 64), 0, u.lo * power);
    const double rest =
        parsum_log_rest(f, half_square) + (a.k * PARSUM_LN2_LO + c * (1 - f + f * f));
    const struct parsum_two s = parsum_fast_two_sum(a.k * PARSUM_LN2_HI, f);
    const struct parsum_two t = parsum_fast_two_sum(s.hi, -half_square);
    const double y = t.hi + (t.lo + (s.lo + rest));
    return parsum_log_special(u.hi, parsum_pick(PARSUM_MASK(x == 0), x, y));
}

PARSUM_OF_FLOAT(log)
PARSUM_OF_FLOAT(log2)
PARSUM_OF_FLOAT(log10)
PARSUM_OF_FLOAT(log1p)

#endif
