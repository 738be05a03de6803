/*
 * math_arc: atan, atan2, asin, acos.
 *
 * atan: of q in [0, 1], q + q^3 P(q^2) with a minimax polynomial of relative error 2^-57; atan(q)
 * is pi/2 - atan(1/q) beyond. The remainder of the division counts: it is added times the
 * derivative, 1 / (1 + q^2), for which 1 - q^2/2 will do. atan2 is the same for q = |y| / |x| or
 * its inverse, whichever is at most 1, with multiples of pi/2 as pairs of doubles.
 *
 * asin: s + s^3 P(s^2) for s up to 1/2, of relative error 2^-59; beyond, pi/2 - 2 asin(s) with s =
 * sqrt((1 - |x|) / 2) and the remainder of the root; acos from the same parts.
 *
 * Method: W. J. Cody, W. Waite 1980; FreeBSD's libm, e_asin.c, e_acos.c.
 */
#ifndef PARSUM_MATH_ARC_H
#define PARSUM_MATH_ARC_H

#include "math_base.h"

/* atan(q) - q for |q| <= 1/2. What is added to the first coefficient is summed before: rounding
   errors of its size count most. */
PARSUM_MATH double parsum_atan_rest(double q)
{
    const double z = q * q, z2 = z * z, z4 = z2 * z2, z8 = z4 * z4;
    const double a =
        (0.1999999999990526 * z + (-0.14285714276556727 + 0.1111111066640423 * z) * z2) +
        ((-0.09090896400517115 + 0.07692076167468526 * z) +
         (-0.0666383200029354 + 0.05858433762681332 * z) * z2) *
            z4;
    const double b = (-0.05122566220105148 + 0.04187978969155425 * z) +
                     (-0.027457211854911418 + 0.01013153640218395 * z) * z2;
    return q * (z * (-0.33333333333332993 + (a + z8 * b)));
}

/*
 * atan(n / d) as hi + lo for 0 <= n <= d and d > 0, where n is 2^-600 at least or d is 2^400 at
 * least, and d 2^1000 at most: lo is small, if no rounding error.
 */
PARSUM_MATH struct parsum_two parsum_atan_kernel(double n, double d)
{
    const uint64_t far = PARSUM_MASK(n > 0.5 * d);
    const double above = parsum_pick(far, n - d, n);
    const double below = parsum_pick(far, n + d, d),
                 below_lo = parsum_put(~far, 0, (d - below) + n);
    const double q = above / below;
    const struct parsum_two p = parsum_two_product(q, below);
    const double rest = (((above - p.hi) - p.lo) - q * below_lo) / below;
    const double exact = parsum_put(PARSUM_MASK(n < 0x1p-600) | PARSUM_MASK(q == 0), 0, rest);
    const struct parsum_two s = parsum_fast_two_sum(parsum_put(~far, 0, 0.5 * PARSUM_HALF_PI), q);
    const double lo = exact * (1 - q * q) + parsum_atan_rest(q);
    return (struct parsum_two){s.hi, s.lo + (parsum_put(~far, 0, 0.5 * PARSUM_HALF_PI_REST) + lo)};
}

PARSUM_MATH double parsum_atan(double x)
{
    const double a = parsum_magnitude(x), most = parsum_pick(PARSUM_MASK(a < 0x1p64), a, 0x1p64);
    const uint64_t steep = PARSUM_MASK(a > 1);
    const struct parsum_two r =
        parsum_atan_kernel(parsum_pick(steep, 1, most), parsum_pick(steep, most, 1));
    const struct parsum_two s = parsum_fast_two_sum(PARSUM_HALF_PI, -r.hi);
    const double beyond = s.hi + (s.lo + (PARSUM_HALF_PI_REST - r.lo));
    const double y = parsum_pick(steep, beyond, r.hi + r.lo);
    return parsum_keep_nan(x, parsum_sign_by(y, parsum_to_bits(x)));
}

PARSUM_MATH double parsum_atan2(double y, double x)
{
    const double ay = parsum_magnitude(y), ax = parsum_magnitude(x);
    const uint64_t steep = PARSUM_MASK(ay > ax), back = PARSUM_MASK(parsum_to_bits(x) >> 63);
    const double small = parsum_pick(steep, ax, ay), large = parsum_pick(steep, ay, ax);
    /* infinite ones as 0/1 or 1/1, 0/0 as 0/1 */
    const uint64_t infinite = PARSUM_MASK(large > 0x1.fffffffffffffp1023);
    const uint64_t one = infinite | PARSUM_MASK(large == 0);
    const uint64_t both = PARSUM_MASK(small > 0x1.fffffffffffffp1023);
    const double n = parsum_put(one, parsum_to_bits(1) & both, small);
    const double d = parsum_put(one, parsum_to_bits(1), large);
    const uint64_t tiny = PARSUM_MASK(n < 0x1p-600) & PARSUM_MASK(d < 0x1p400);
    const double up = parsum_pick(tiny, 0x1p600, 1);
    const double scale = parsum_pick(PARSUM_MASK(d > 0x1p1000), 0x1p-100, up);
    const struct parsum_two r = parsum_atan_kernel(n * scale, d * scale);
    /* 0 + r, pi/2 - r, pi/2 + r or pi - r */
    const uint64_t turn = (steep ^ back) & PARSUM_SIGN;
    const double from =
        parsum_pick(steep, PARSUM_HALF_PI, parsum_put(~back, 0, 2 * PARSUM_HALF_PI));
    const double rest =
        parsum_pick(steep, PARSUM_HALF_PI_REST, parsum_put(~back, 0, 2 * PARSUM_HALF_PI_REST));
    const double hi = parsum_from_bits(parsum_to_bits(r.hi) ^ turn);
    const double lo = parsum_from_bits(parsum_to_bits(r.lo) ^ turn);
    const struct parsum_two s = parsum_fast_two_sum(from, hi);
    const double angle = parsum_magnitude(s.hi + (s.lo + (rest + lo)));
    const double any = parsum_sign_by(angle, parsum_to_bits(y));
    return parsum_put(PARSUM_MASK(x != x) | PARSUM_MASK(y != y), PARSUM_NAN, any);
}

/* What asin and acos are made of: s, asin(s) - s, and whether s is a root, for |x| <= 1. */
struct parsum_arc {
    double s, rest;
    uint64_t root;
};

PARSUM_MATH struct parsum_arc parsum_arc_kernel(double a)
{
    const uint64_t root = PARSUM_MASK(a > 0.5);
    const double half = 0.5 * (1 - a), z = parsum_pick(root, half, a * a);
    const double s = parsum_pick(root, __builtin_sqrt(half), a);
    const struct parsum_two p = parsum_two_product(s, s);
    const double c = ((half - p.hi) - p.lo) / (2 * s);
    const double exact = parsum_put(~root | PARSUM_MASK(s == 0), 0, c);
    const double z2 = z * z, z4 = z2 * z2, z8 = z4 * z4;
    const double b = ((0.16666666666666763 + 0.0749999999997011 * z) +
                      (0.04464285717527691 + 0.030381942675674293 * z) * z2) +
                     ((0.02237221589582872 + 0.0173515956651175 * z) +
                      (0.013981016721977964 + 0.011397306712144605 * z) * z2) *
                         z4;
    const double e = ((0.010789250390273801 + 0.0036724327220841128 * z) +
                      (0.021790087594471607 - 0.021115982455430136 * z) * z2) +
                     0.03270173252919263 * z4;
    return (struct parsum_arc){s, exact + s * (z * (b + z8 * e)), root};
}

PARSUM_MATH double parsum_asin(double x)
{
    const double a = parsum_magnitude(x);
    const struct parsum_arc r = parsum_arc_kernel(a);
    const struct parsum_two s = parsum_fast_two_sum(PARSUM_HALF_PI, -2 * r.s);
    const double beyond = s.hi + (s.lo + (PARSUM_HALF_PI_REST - 2 * r.rest));
    const double y = parsum_sign_by(parsum_pick(r.root, beyond, r.s + r.rest), parsum_to_bits(x));
    return parsum_put(PARSUM_MASK(!(a <= 1)), PARSUM_NAN, y);
}

PARSUM_MATH double parsum_acos(double x)
{
    const double a = parsum_magnitude(x);
    const uint64_t negative = PARSUM_MASK(x < 0), sign = negative & PARSUM_SIGN;
    const struct parsum_arc r = parsum_arc_kernel(a);
    /* 2 asin(s) or, for x < -1/2, pi less that; pi/2 -+ asin(s) up to 1/2 */
    const double from =
        parsum_pick(r.root, parsum_put(~negative, 0, 2 * PARSUM_HALF_PI), PARSUM_HALF_PI);
    const double from_rest =
        parsum_pick(r.root, parsum_put(~negative, 0, 2 * PARSUM_HALF_PI_REST), PARSUM_HALF_PI_REST);
    const double factor = parsum_pick(r.root, 2, -1);
    const double hi = parsum_from_bits(parsum_to_bits(factor * r.s) ^ sign);
    const double lo = parsum_from_bits(parsum_to_bits(factor * r.rest) ^ sign);
    const struct parsum_two s = parsum_fast_two_sum(from, hi);
    const double y = s.hi + (s.lo + (from_rest + lo));
    return parsum_put(PARSUM_MASK(!(a <= 1)), PARSUM_NAN, y);
}

PARSUM_OF_FLOAT(atan)
PARSUM_OF_FLOATS(atan2)
PARSUM_OF_FLOAT(asin)
PARSUM_OF_FLOAT(acos)

#endif
