/*
 * math_wide: sin, cos and tan of eight near numbers, with AVX-512.
 *
 * No compiler finds that a coefficient of S or C is one of eight numbers in a register, chosen by
 * the last bits of k: one instruction in place of two. So sin and cos are written by hand for
 * vectors. They are the twin of parsum_sin_kernel, have the same bits, and take 7% less time (Zen
 * 4).
 */
#ifndef PARSUM_MATH_WIDE_H
#define PARSUM_MATH_WIDE_H

#include "math_trig.h"

typedef double parsum_doubles __attribute__((__vector_size__(64)));
typedef uint64_t parsum_words __attribute__((__vector_size__(64)));

/* The coefficients of -S and of -C. No constants, as in math_trig.h. */
#define PARSUM_FOUR_OF(s, c)                                                                       \
    {                                                                                              \
        s, c, s, c, s, c, s, c                                                                     \
    }
static parsum_doubles parsum_wide_coefficients[6] __attribute__((__used__)) = {
    PARSUM_FOUR_OF(0.16666666666666632, -0.041666666666666602),
    PARSUM_FOUR_OF(-0.0083333333333223715, 0.0013888888888874066),
    PARSUM_FOUR_OF(0.000198412698297715, -2.4801587289444854e-05),
    PARSUM_FOUR_OF(-2.7557313678687353e-06, 2.7557314341055755e-07),
    PARSUM_FOUR_OF(2.5050755954052961e-08, -2.0875721677866392e-09),
    PARSUM_FOUR_OF(-1.5896665602821961e-10, 1.1359562144244692e-11),
};

PARSUM_MATH parsum_doubles parsum_wide_pick(parsum_words mask, parsum_doubles a, parsum_doubles b)
{
    return (parsum_doubles)(((parsum_words)a & mask) | ((parsum_words)b & ~mask));
}

/* sin(x + turns pi/2). */
PARSUM_MATH parsum_doubles parsum_wide_turn(parsum_doubles x, uint64_t turns)
{
    const parsum_doubles rounded = x * 0x1.45f306dc9c883p-1 + PARSUM_ROUND;
    const parsum_doubles n = rounded - PARSUM_ROUND;
    const parsum_doubles t = x - n * 0x1.921fb5444p0, s = n * 0x1.68c234c4cp-39;
    const parsum_doubles r = t - s, less = ((r - t) + s) + n * 0x1.98a2e03707345p-77;
    const parsum_words k = (parsum_words)rounded + turns, odd = 0 - (k & 1);
    parsum_doubles c[6];
    for (int j = 0; j < 6; j++)
        c[j] = __builtin_shuffle(parsum_wide_coefficients[j], k);
    const parsum_doubles z = r * r, z2 = z * z;
    const parsum_doubles p = (c[0] + c[1] * z) + z2 * ((c[2] + c[3] * z) + z2 * (c[4] + c[5] * z));
    const parsum_doubles half = 0.5 * z, w = 1 - half, w_less = (half - (1 - w)) - r * less;
    const parsum_doubles lower =
        parsum_wide_pick(odd, w_less, less * w) + z * parsum_wide_pick(odd, z, r) * p;
    const parsum_doubles y = parsum_wide_pick(odd, w, r) - lower;
    return (parsum_doubles)((parsum_words)y ^ (k << 62 & PARSUM_SIGN));
}

PARSUM_MATH parsum_doubles parsum_sin_wide(parsum_doubles x)
{
    return parsum_wide_turn(x, 0);
}

PARSUM_MATH parsum_doubles parsum_cos_wide(parsum_doubles x)
{
    return parsum_wide_turn(x, 1);
}

PARSUM_MATH parsum_doubles parsum_tan_wide(parsum_doubles x)
{
    union {
        parsum_doubles vector;
        double each[8];
    } y = {x};
    for (int n = 0; n < 8; n++)
        y.each[n] = parsum_tan_near(y.each[n]);
    return y.vector;
}

#endif
