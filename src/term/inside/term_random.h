/*
 * term_random: random numbers that belong to the seed, i and k, and to nothing else.
 *
 * C text for the file that a term is compiled in, after term_before.h: each NAME of these is there
 * as parsum_NAME, a macro. i and k are integers of up to 64 bits; others do not compile. Equal
 * arguments give equal numbers, on every machine, thread and rank.
 *
 *     random_bits(i, k)       64 bits, a uint64_t
 *     uniform(i, k)           a double of [0, 1): a multiple of 2^-53, each with the same chance
 *     random_below(i, k, n)   an integer of [0, n), each with exactly the same chance, of n's type.
 *                             Refuses n < 1.
 *     normal(i, k)            a double of the normal distribution with mean 0 and variance 1
 *
 * The generator is Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", SC 2011): a bijection of blocks of 128 bits, ten rounds that
 * multiply and mix, with a key of 64 bits, the seed. Draw k of i is the lower (k even) or upper
 * half of the block that the generator makes of i and k / 2. Two draws of one block that stand in
 * one term cost one block: the functions are inline and pure, so the compiler finds what is common.
 *
 * Under options such as -ffast-math (PARSUM_INEXACT) `normal` is made by the machine's functions.
 */
#pragma GCC system_header
#ifndef PARSUM_RANDOM_H
#define PARSUM_RANDOM_H

#include "math_base.h"
#include "term_pick.h"

/* The program sets it before the first term, so no proof may count on its value. */
#if PARSUM_LOOK || PARSUM_PROOF
extern uint64_t parsum_seed;
#else
static uint64_t parsum_seed;
#endif
#define PARSUM_SEED (&parsum_seed)

#define parsum_random_bits(i, k)                                                                   \
    PARSUM_PICK(PARSUM_COMMON2(i, k), parsum_random_bits_of, parsum_random_bits_of)                \
    ((uint64_t)(i), (uint64_t)(k))
#define parsum_uniform(i, k)                                                                       \
    PARSUM_PICK(PARSUM_COMMON2(i, k), parsum_uniform_of, parsum_uniform_of)                        \
    ((uint64_t)(i), (uint64_t)(k))
#define parsum_normal(i, k)                                                                        \
    PARSUM_PICK(PARSUM_COMMON2(i, k), parsum_normal_of, parsum_normal_of)                          \
    ((uint64_t)(i), (uint64_t)(k))
#define parsum_random_below(i, k, n)                                                               \
    PARSUM_PICK(PARSUM_COMMON2(i, k), PARSUM_BELOW(n), PARSUM_BELOW(n))                            \
    ((uint64_t)(i), (uint64_t)(k), (n))
#define PARSUM_BELOW(n)                                                                            \
    PARSUM_PICK(PARSUM_COMMON2(n, 0), parsum_random_below_signed, parsum_random_below_unsigned)

/*
 * A word of 32 bits. With AVX-512 it lies in 64 bits, where GCC (12) multiplies without moving
 * words about: 0.20 G draws a second and core instead of 0.15 (Sapphire Rapids). With AVX2, 32 bits
 * are better, 0.11 instead of 0.08. Clang makes one multiplication of 32 by 32 bits in both ways.
 */
#ifdef __AVX512DQ__
typedef uint64_t parsum_word;
#else
typedef uint32_t parsum_word;
#endif

struct parsum_block {
    uint64_t low, high;
};

/* The block of a counter of 128 bits. */
PARSUM_OWN struct parsum_block parsum_philox(uint64_t low, uint64_t high)
{
    parsum_word c0 = (uint32_t)low, c1 = (parsum_word)(low >> 32), c2 = (uint32_t)high,
                c3 = (parsum_word)(high >> 32);
    uint32_t key0 = (uint32_t)parsum_seed, key1 = (uint32_t)(parsum_seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        const uint64_t product0 = (uint64_t)c0 * 0xd2511f53u, product1 = (uint64_t)c2 * 0xcd9e8d57u;
        c0 = (parsum_word)(product1 >> 32) ^ c1 ^ key0;
        c1 = (uint32_t)product1;
        c2 = (parsum_word)(product0 >> 32) ^ c3 ^ key1;
        c3 = (uint32_t)product0;
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
    return (struct parsum_block){c0 | (uint64_t)c1 << 32, c2 | (uint64_t)c3 << 32};
}

PARSUM_OWN uint64_t parsum_random_bits_of(uint64_t i, uint64_t k)
{
    const struct parsum_block block = parsum_philox(i, k >> 1);
    return k & 1 ? block.high : block.low;
}

/* The highest 53 bits as a fraction of 2^53. */
PARSUM_OWN double parsum_unit(uint64_t bits)
{
#ifdef __AVX512DQ__
    return (double)(int64_t)(bits >> 11) * 0x1p-53;
#else
    /* No vector instruction makes doubles of such integers: 52 bits become those of a double of
       [1, 2), and the last one is 2^-53 or 0. */
    const uint64_t one = UINT64_C(0x3ff) << 52, last = UINT64_C(0x3ca) << 52;
    return parsum_from_bits(bits >> 12 | one) - 1 + parsum_from_bits((0 - (bits >> 11 & 1)) & last);
#endif
}

PARSUM_OWN double parsum_uniform_of(uint64_t i, uint64_t k)
{
    return parsum_unit(parsum_random_bits_of(i, k));
}

/*
 * Below n: the upper 64 bits of bits * n. 2^64 modulo n of the products come too often, those whose
 * lower 64 bits are less than that number; they are refused (D. Lemire, "Fast random integer
 * generation in an interval", ACM TOMACS 29, 2019), and the next block is tried, the one that the
 * generator makes of the last block.
 */
PARSUM_OWN uint64_t parsum_random_below_of(uint64_t i, uint64_t k, uint64_t n)
{
    struct parsum_block block = parsum_philox(i, k >> 1);
    unsigned __int128 product = (unsigned __int128)(k & 1 ? block.high : block.low) * n;
    if ((uint64_t)product < n) {
        const uint64_t refused = (0 - n) % n;
        while ((uint64_t)product < refused) {
            block = parsum_philox(block.low, block.high);
            product = (unsigned __int128)(k & 1 ? block.high : block.low) * n;
        }
    }
    return (uint64_t)(product >> 64);
}

PARSUM_OWN uint64_t parsum_random_below_unsigned(uint64_t i, uint64_t k, __int128 n)
{
    if (n < 1)
        PARSUM_REFUSE();
    return parsum_random_below_of(i, k, n < 1 ? 1 : (uint64_t)n);
}

PARSUM_OWN int64_t parsum_random_below_signed(uint64_t i, uint64_t k, int64_t n)
{
    return (int64_t)parsum_random_below_unsigned(i, k, n);
}

#if PARSUM_INEXACT
PARSUM_OWN double parsum_normal_of(uint64_t i, uint64_t k)
{
    const struct parsum_block block = parsum_philox(i, k >> 1);
    const double radius = __builtin_sqrt(-2 * __builtin_log(parsum_unit(block.low) + 0x1p-53));
    const double angle = 4 * PARSUM_HALF_PI * parsum_unit(block.high);
    return radius * (k & 1 ? __builtin_sin(angle) : __builtin_cos(angle));
}
#else
/*
 * The natural logarithm of an x of [2^-53, 1], to 1 ulp: x = 2^e m, m in [1/sqrt 2, sqrt 2);
 * with s = (m - 1) / (m + 1), log m = 2 artanh s = 2 s + s^3 P(s^2). P has the least error of its
 * degree (4e-18 of the result).
 */
PARSUM_OWN double parsum_random_log(double x)
{
    const uint64_t one = UINT64_C(0x3ff) << 52, root = UINT64_C(0x3fe6a09e667f3bcd);
    const uint64_t bits = parsum_to_bits(x), exponent = (bits + (one - root)) >> 52;
    const double m = parsum_from_bits(bits - (exponent << 52) + one), f = m - 1;
    /* The exponent as the lowest bits of 2^52. */
    const double e = parsum_from_bits(exponent | UINT64_C(0x433) << 52) - (0x1p52 + 0x3ff);
    const double s = f / (2 + f), z = s * s;
    double p = 0x1.2b5900de53b32p-3;
    p = p * z + 0x1.39fe51a7c18f9p-3;
    p = p * z + 0x1.7462b51cb66b1p-3;
    p = p * z + 0x1.c71c62e3f11e6p-3;
    p = p * z + 0x1.2492492df281ap-2;
    p = p * z + 0x1.99999999952d7p-2;
    p = p * z + 0x1.5555555555558p-1;
    /* 2 s = f - s f, where f is exact. */
    return e * 0x1.62e42fefa39efp-1 + (f - s * (f - z * p));
}

/*
 * By Box and Muller ("A note on the generation of random normal deviates", Ann. Math. Stat. 29,
 * 1958): with u and t uniform, sqrt(-2 log u) times the cosine and the sine of t turns are two
 * independent normal numbers. u, in (0, 1], and t are the halves of a block, so that draws k and
 * k + 1, k even, share all but the last step. No normal number is beyond 8.572.
 *
 * t is a quarter turn q times an integer and a rest r of at most an eighth of a turn, by its bits;
 * sine and cosine of r turns are polynomials with the least error of their degree (1e-17).
 */
PARSUM_OWN double parsum_normal_of(uint64_t i, uint64_t k)
{
    const struct parsum_block block = parsum_philox(i, k >> 1);
    const double radius = __builtin_sqrt(-2 * parsum_random_log(parsum_unit(block.low) + 0x1p-53));
    const uint64_t turn = block.high + (UINT64_C(1) << 61), quarters = turn >> 62;
    /* 52 bits below those of q */
    const double r = (parsum_from_bits(turn << 2 >> 12 | UINT64_C(0x3ff) << 52) - 1.5) * 0.25;
    const double z = r * r;
    double s = -0x1.e4a9d9166f052p+1;
    s = s * z + 0x1.e3027dea82bd7p+3;
    s = s * z - 0x1.50783208843ebp+5;
    s = s * z + 0x1.32d2cce500387p+6;
    s = s * z - 0x1.466bc6775a476p+6;
    s = s * z + 0x1.4abbce625be52p+5;
    const double sine = r * (0x1.921fb54442d18p+2 - z * s);
    double c = 0x1.b2f3eb054afcdp+0;
    c = c * z - 0x1.f9ce245cada0bp+2;
    c = c * z + 0x1.a6d1eef479be1p+4;
    c = c * z - 0x1.e1f5068688d5bp+5;
    c = c * z + 0x1.55d3c7e3cb241p+6;
    c = c * z - 0x1.03c1f081b5ac0p+6;
    c = c * z + 0x1.3bd3cc9be45dep+4;
    const double cosine = 1 - z * c;
    /* cos of q quarters and r: cos r, -sin r, -cos r, sin r; sin is cos a quarter before. */
    const uint64_t quarter = quarters - (k & 1), swap = 0 - (quarter & 1);
    const uint64_t bits = (parsum_to_bits(cosine) & ~swap) | (parsum_to_bits(sine) & swap);
    return radius * parsum_from_bits(bits ^ (quarter + 1) >> 1 << 63);
}
#endif

#endif
