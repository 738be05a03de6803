/*
 * math_trig: what sin, cos and tan are made of.
 *
 * x = k pi/2 + r with |r| <= pi/4; r is known as hi - less. Up to |x| = 204,800 pi/2 is the sum of
 * 36, 36 and 53 bits: k times the first two is exact (Cody, Waite 1980). Beyond, x is multiplied by
 * those 192 bits of 2/pi that matter, in integers (Payne, Hanek 1983). Then
 *
 *     sin(r) = r + r^3 S(r^2)    cos(r) = 1 - r^2/2 + r^4 C(r^2)
 *
 * by minimax polynomials of relative error 2^-58 and 2^-64. k says which of them it is, so one
 * polynomial is evaluated, with coefficients that are blended. tan is their quotient, both as hi +
 * lo, with the remainder of the division. The signs of `less` and of the polynomial are those with
 * which sin(-0) is -0 without more ado.
 *
 * Arguments beyond 204,800, infinities and NaN are rare, and take the second way one by one, as
 * math_vector.h has it. Which way is taken depends on the argument alone, so its neighbours do not
 * change its bits.
 */
#ifndef PARSUM_MATH_TRIG_H
#define PARSUM_MATH_TRIG_H

#include "math_base.h"

#define PARSUM_MATH_FAR                                                                            \
    static PARSUM_UNCHECKED __attribute__((__noinline__, __cold__, __unused__, __const__))

#define PARSUM_NEAR 204800.0

/* x = k pi/2 + hi - less. */
struct parsum_turned {
    uint64_t k; /* modulo 4 */
    double hi, less;
};

/* For |x| <= 204,800. Either w or t - w is so small that the error of t - w is exact. */
PARSUM_MATH struct parsum_turned parsum_turn_near(double x)
{
    const double rounded = x * 0x1.45f306dc9c883p-1 + PARSUM_ROUND;
    const double k = rounded - PARSUM_ROUND;
    const double t = x - k * 0x1.921fb5444p0, w = k * 0x1.68c234c4cp-39;
    const double r = t - w;
    return (struct parsum_turned){parsum_to_bits(rounded), r,
                                  ((r - t) + w) + k * 0x1.98a2e03707345p-77};
}

/* 2^32 parts of 1, and so on, as a double. */
PARSUM_MATH double parsum_part_of_one(uint64_t part, double unit)
{
    return (parsum_from_bits((part & 0xffffffff) | parsum_to_bits(0x1p52)) - 0x1p52) * unit;
}

/*
 * For a finite |x| >= 1. x = m 2^e, and what of m 2^e 2/pi is no multiple of 4 is m times the 192
 * bits of 2/pi from 2^(1-e) on, modulo 2^192, but for less than 2^-137.
 */
PARSUM_MATH_FAR struct parsum_turned parsum_turn_far(double x)
{
    static const uint64_t two_over_pi[20] = {
        UINT64_C(0x0000000000000000), UINT64_C(0xa2f9836e4e441529), UINT64_C(0xfc2757d1f534ddc0),
        UINT64_C(0xdb6295993c439041), UINT64_C(0xfe5163abdebbc561), UINT64_C(0xb7246e3a424dd2e0),
        UINT64_C(0x06492eea09d1921c), UINT64_C(0xfe1deb1cb129a73e), UINT64_C(0xe88235f52ebb4484),
        UINT64_C(0xe99c7026b45f7e41), UINT64_C(0x3991d639835339f4), UINT64_C(0x9c845f8bbdf9283b),
        UINT64_C(0x1ff897ffde05980f), UINT64_C(0xef2f118b5a0a6d1f), UINT64_C(0x6d367ecf27cb09b7),
        UINT64_C(0x4f463f669e5fea2d), UINT64_C(0x7527bac7ebe5f17b), UINT64_C(0x3d0739f78a5292ea),
        UINT64_C(0x6bfb5fb11f8d5d08), UINT64_C(0x56033046fc7b6bab),
    };
    const uint64_t bits = parsum_to_bits(x), m = (bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1)
                                                                                          << 52;
    const uint64_t at = (bits >> 52 & 0x7ff) - (1075 - 62); /* the table begins with 64 zeros */
    const uint64_t *const word = two_over_pi + at / 64, shift = at % 64;
    uint64_t w[3];
    for (int n = 0; n < 3; n++)
        w[n] = shift ? word[n] << shift | word[n + 1] >> (64 - shift) : word[n];
    const unsigned __int128 low = (unsigned __int128)m * w[2];
    const unsigned __int128 middle = (unsigned __int128)m * w[1] + (low >> 64);
    uint64_t high = m * w[0] + (uint64_t)(middle >> 64), next = (uint64_t)middle;
    uint64_t k = high >> 62;
    high = high << 2 | next >> 62;
    next = next << 2 | (uint64_t)low >> 62;
    const uint64_t negative = high >> 63; /* a fraction of 1/2 or more counts from the next k */
    k += negative;
    high ^= PARSUM_MASK(negative);
    next ^= PARSUM_MASK(negative);
    struct parsum_two f = parsum_fast_two_sum(parsum_part_of_one(high >> 32, 0x1p-32),
                                              parsum_part_of_one(high, 0x1p-64));
    f = parsum_fast_two_sum(f.hi, f.lo + parsum_part_of_one(next >> 32, 0x1p-96));
    f = parsum_fast_two_sum(f.hi, f.lo + parsum_part_of_one(next, 0x1p-128));
    const struct parsum_two p = parsum_two_product(f.hi, PARSUM_HALF_PI);
    const struct parsum_two r =
        parsum_fast_two_sum(p.hi, p.lo + (f.hi * PARSUM_HALF_PI_REST + f.lo * PARSUM_HALF_PI));
    const uint64_t sign = (negative << 63) ^ (bits & PARSUM_SIGN);
    return (struct parsum_turned){bits >> 63 ? 0 - k : k,
                                  parsum_from_bits(parsum_to_bits(r.hi) ^ sign),
                                  parsum_from_bits(parsum_to_bits(-r.lo) ^ sign)};
}

/*
 * The coefficients of -S, and by which bits those of -C are others. No constants for the compiler,
 * so that it reads them as vectors: that is faster than to make each of them from an integer.
 */
static uint64_t parsum_turn_coefficients[12] __attribute__((__used__)) = {
    UINT64_C(0x3fc5555555555549),
    UINT64_C(0x8060000000000005), /* 0.16666666666666632, -0.041666666666666602 */
    UINT64_C(0xbf8111111110f862),
    UINT64_C(0x80d7d07d07d1a901), /* -0.0083333333333223715, 0.0013888888888874066 */
    UINT64_C(0x3f2a01a019c0e53f),
    UINT64_C(0x81d00000000a15ef), /* 0.000198412698297715, -2.4801587289444854e-05 */
    UINT64_C(0xbec71de3574bbc0e),
    UINT64_C(0x805563acd73534d2), /* -2.7557313678687353e-06, 2.7557314341055755e-07 */
    UINT64_C(0x3e5ae5e63cb857ba),
    UINT64_C(0x807b0b789b2d49f4), /* 2.5050755954052961e-08, -2.0875721677866392e-09 */
    UINT64_C(0xbde5d92458803107),
    UINT64_C(0x804d23f937d42daf), /* -1.5896665602821961e-10, 1.1359562144244692e-11 */
};

PARSUM_MATH double parsum_blend(uint64_t mask, int n)
{
    return parsum_from_bits(parsum_turn_coefficients[2 * n] ^
                            (parsum_turn_coefficients[2 * n + 1] & mask));
}

/* sin(k pi/2 + r - less). */
PARSUM_MATH double parsum_sin_kernel(uint64_t k, double r, double less)
{
    const uint64_t odd = 0 - (k & 1);
    const double z = r * r, z2 = z * z;
    const double a = parsum_blend(odd, 0) + parsum_blend(odd, 1) * z;
    const double b = parsum_blend(odd, 2) + parsum_blend(odd, 3) * z;
    const double c = parsum_blend(odd, 4) + parsum_blend(odd, 5) * z;
    const double p = a + z2 * (b + z2 * c);
    const double half = 0.5 * z, w = 1 - half, w_less = (half - (1 - w)) - r * less;
    const double lower = parsum_pick(odd, w_less, less * w) + z * parsum_pick(odd, z, r) * p;
    const double y = parsum_pick(odd, w, r) - lower;
    return parsum_from_bits(parsum_to_bits(y) ^ (k << 62 & PARSUM_SIGN));
}

/* tan(k pi/2 + r - less): the quotient of sin(r) and cos(r), or of cos(r) and -sin(r). */
PARSUM_MATH double parsum_tan_kernel(uint64_t k, double r, double less)
{
    const uint64_t odd = 0 - (k & 1);
    const double third = -0.16666666666666632;
    const struct parsum_two square = parsum_two_product(r, r);
    const struct parsum_two cube = parsum_two_product(r, square.hi);
    const struct parsum_two sixth = parsum_two_product(cube.hi, third);
    const double z = square.hi, z2 = z * z, z4 = z2 * z2;
    const double s =
        (0.008333333333322372 * z + (-0.000198412698297715 + 2.7557313678687353e-06 * z) * z2) +
        (-2.505075595405296e-08 + 1.589666560282196e-10 * z) * z4;
    const double c = ((0.0416666666666666 - 0.0013888888888874066 * z) +
                      (2.4801587289444854e-05 - 2.7557314341055755e-07 * z) * z2) +
                     (2.0875721677866392e-09 - 1.1359562144244692e-11 * z) * z4;
    const double half = 0.5 * z, w = 1 - half;
    const double w_lo = (((1 - w) - half) - 0.5 * square.lo) + r * less;
    const double cube_lo = cube.lo + r * square.lo;
    const struct parsum_two t = parsum_fast_two_sum(r, sixth.hi);
    const double s_lo = sixth.lo + (cube_lo * third + cube.hi * s) - less * w;
    const struct parsum_two sine = parsum_fast_two_sum(t.hi, t.lo + s_lo);
    const struct parsum_two cosine = parsum_fast_two_sum(w, w_lo + z2 * c);
    const double n = parsum_pick(odd, cosine.hi, sine.hi);
    const double d = parsum_pick(odd, -sine.hi, cosine.hi);
    const double n_lo = parsum_pick(odd, cosine.lo, sine.lo);
    const double d_lo = parsum_pick(odd, -sine.lo, cosine.lo);
    const double q = n / d;
    const struct parsum_two p = parsum_two_product(q, d);
    return q + (((n - p.hi) - p.lo) + (n_lo - q * d_lo)) / d;
}

PARSUM_MATH double parsum_sin_near(double x)
{
    const struct parsum_turned a = parsum_turn_near(x);
    return parsum_sin_kernel(a.k, a.hi, a.less);
}

PARSUM_MATH double parsum_cos_near(double x)
{
    const struct parsum_turned a = parsum_turn_near(x);
    return parsum_sin_kernel(a.k + 1, a.hi, a.less);
}

PARSUM_MATH double parsum_tan_near(double x)
{
    const struct parsum_turned a = parsum_turn_near(x);
    return parsum_pick(PARSUM_MASK(x == 0), x, parsum_tan_kernel(a.k, a.hi, a.less));
}

PARSUM_MATH _Bool parsum_is_finite(double x)
{
    return (parsum_to_bits(x) & ~PARSUM_SIGN) < PARSUM_INFINITY;
}

PARSUM_MATH_FAR double parsum_sin_far(double x)
{
    const struct parsum_turned a = parsum_turn_far(x);
    return parsum_is_finite(x) ? parsum_sin_kernel(a.k, a.hi, a.less)
                               : parsum_from_bits(PARSUM_NAN);
}

PARSUM_MATH_FAR double parsum_cos_far(double x)
{
    const struct parsum_turned a = parsum_turn_far(x);
    return parsum_is_finite(x) ? parsum_sin_kernel(a.k + 1, a.hi, a.less)
                               : parsum_from_bits(PARSUM_NAN);
}

PARSUM_MATH_FAR double parsum_tan_far(double x)
{
    const struct parsum_turned a = parsum_turn_far(x);
    return parsum_is_finite(x) ? parsum_tan_kernel(a.k, a.hi, a.less)
                               : parsum_from_bits(PARSUM_NAN);
}

#endif
