/*
 * term_arithmetic: gcd, isqrt, mulmod, powmod and isprime for integers of 64 bits.
 *
 * C text for the file that a term is compiled in, after term_before.h: each NAME of these is there
 * as parsum_NAME, a macro that picks the function for the types of its arguments. Integers of up to
 * 64 bits are allowed, signed or not; any other type does not compile. The result has the type that
 * C gives to the sum of the arguments, int64_t or uint64_t, except for isprime, which is a bool.
 * Nothing overflows on the way. Where there is no value, the function refuses:
 *
 *     gcd(a, b)         the greatest common divisor, >= 0; gcd(0, 0) is 0. Refuses where 2^63 would
 *                       be the signed result: of INT64_MIN and itself or 0.
 *     isqrt(n)          the integer part of the square root. Refuses n < 0.
 *     mulmod(a, b, m)   what a * b leaves modulo m, in [0, m), for negative factors, too. Refuses
 *                       m < 1.
 *     powmod(a, e, m)   the same of a to the power of e; of e = 0 it is 1 modulo m. Refuses e < 0
 *                       and m < 1.
 *     isprime(n)        whether n is prime; no number below 2 is.
 *
 * Arguments of a mixed pair of types have their own values here, where C would make a negative one
 * a large one first: gcd(-4, 6u) is 2.
 */
#pragma GCC system_header
#ifndef PARSUM_ARITHMETIC_H
#define PARSUM_ARITHMETIC_H

#include "term_pick.h"

#define parsum_gcd(a, b)                                                                           \
    PARSUM_PICK(PARSUM_COMMON2(a, b), parsum_gcd_signed, parsum_gcd_unsigned)((a), (b))
#define parsum_isqrt(n)                                                                            \
    PARSUM_PICK(PARSUM_COMMON2(n, 0), parsum_isqrt_signed, parsum_isqrt_unsigned)((n))
#define parsum_mulmod(a, b, m)                                                                     \
    PARSUM_PICK(PARSUM_COMMON3(a, b, m), parsum_mulmod_signed, parsum_mulmod_unsigned)             \
    ((a), (b), (m))
#define parsum_powmod(a, e, m)                                                                     \
    PARSUM_PICK(PARSUM_COMMON3(a, e, m), parsum_powmod_signed, parsum_powmod_unsigned)             \
    ((a), (e), (m))
#define parsum_isprime(n)                                                                          \
    PARSUM_PICK(PARSUM_COMMON2(n, 0), parsum_isprime_signed, parsum_isprime_unsigned)((n))

/* |a|, of an a that fits an int64_t or a uint64_t. */
PARSUM_OWN uint64_t parsum_absolute(__int128 a)
{
    return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

/*
 * Stein's method (1967): factors of 2 apart, the greatest common divisor of two odd numbers is that
 * of the smaller one and their difference, which is even. A step takes some 5 cycles, where a
 * division takes 10 to 40.
 */
PARSUM_OWN uint64_t parsum_gcd_of(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a | b;
    const int twos = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    do {
        b >>= __builtin_ctzll(b);
        const uint64_t less = a < b ? a : b;
        b = a < b ? b - a : a - b;
        a = less;
    } while (b != 0);
    return a << twos;
}

PARSUM_OWN uint64_t parsum_gcd_unsigned(__int128 a, __int128 b)
{
    return parsum_gcd_of(parsum_absolute(a), parsum_absolute(b));
}

PARSUM_OWN int64_t parsum_gcd_signed(int64_t a, int64_t b)
{
    if ((a == INT64_MIN && (b == 0 || b == INT64_MIN)) || (b == INT64_MIN && a == 0))
        PARSUM_REFUSE();
    return (int64_t)parsum_gcd_of(parsum_absolute(a), parsum_absolute(b));
}

/*
 * The square root of a double is rounded correctly, so the root is off by one at most: where n is
 * just below a square that the double of n, or its root, is rounded up to.
 */
PARSUM_OWN uint64_t parsum_isqrt_unsigned(uint64_t n)
{
    uint64_t root = (uint64_t)__builtin_sqrt((double)n);
    root = root > UINT32_MAX ? UINT32_MAX : root;
    root -= root * root > n;
    return root;
}

PARSUM_OWN int64_t parsum_isqrt_signed(int64_t n)
{
    if (n < 0)
        PARSUM_REFUSE();
    /* Signed conversions: before AVX-512 there are no others in one instruction. */
    int64_t root = (int64_t)__builtin_sqrt((double)n);
    root -= (uint64_t)root * (uint64_t)root > (uint64_t)n;
    return root;
}

/* What a leaves modulo m, in [0, m). */
PARSUM_OWN uint64_t parsum_residue(__int128 a, uint64_t m)
{
    return a < 0 ? m - 1 - (uint64_t)(-1 - a) % m : (uint64_t)a % m;
}

/* a * b modulo m, for a, b < m. */
PARSUM_OWN uint64_t parsum_times(uint64_t a, uint64_t b, uint64_t m)
{
    if (m <= UINT64_C(1) << 32)
        return a * b % m;
    const unsigned __int128 product = (unsigned __int128)a * b;
#if defined __x86_64__
    /* One instruction, as the quotient is below 2^64; the compilers call a function, which takes
       twice as long. */
    uint64_t quotient, rest;
    __asm__("divq %4"
            : "=a"(quotient), "=d"(rest)
            : "0"((uint64_t)product), "1"((uint64_t)(product >> 64)), "rm"(m)
            : "cc");
    return rest;
#else
    return (uint64_t)(product % m);
#endif
}

/* A modulus as it has to be, or 1. */
PARSUM_OWN uint64_t parsum_modulus(__int128 m)
{
    if (m >= 1)
        return (uint64_t)m;
    PARSUM_REFUSE();
    return 1;
}

PARSUM_OWN uint64_t parsum_mulmod_unsigned(__int128 a, __int128 b, __int128 m)
{
    const uint64_t modulus = parsum_modulus(m);
    return parsum_times(parsum_residue(a, modulus), parsum_residue(b, modulus), modulus);
}

PARSUM_OWN int64_t parsum_mulmod_signed(int64_t a, int64_t b, int64_t m)
{
    return (int64_t)parsum_mulmod_unsigned(a, b, m);
}

PARSUM_OWN uint64_t parsum_powmod_unsigned(__int128 a, __int128 e, __int128 m)
{
    const uint64_t modulus = parsum_modulus(m);
    uint64_t power = parsum_residue(a, modulus), result = 1 % modulus;
    if (e < 0)
        PARSUM_REFUSE();
    for (uint64_t left = (uint64_t)e; left != 0; left >>= 1) {
        if (left & 1)
            result = parsum_times(result, power, modulus);
        power = parsum_times(power, power, modulus);
    }
    return result;
}

PARSUM_OWN int64_t parsum_powmod_signed(int64_t a, int64_t e, int64_t m)
{
    return (int64_t)parsum_powmod_unsigned(a, e, m);
}

/*
 * Primes. Most numbers have a small factor, which is looked for first, by products without a
 * branch between them. What is left is put to the strong test of Miller and Rabin: for an odd
 * n = 2^s d + 1 and a base a, a^d is 1 modulo n, or one of a^d, a^2d, ... a^(2^(s-1) d) is -1. All
 * primes pass it for all bases that they do not divide. Composite numbers that pass for a base are
 * rare, and for some sets of bases it is known that no number up to a bound passes for all:
 *
 *     2, 7, 61                              below 4,759,123,141: G. Jaeschke, "On strong
 *                                           pseudoprimes to several bases", Math. Comp. 61 (1993)
 *     2, 325, 9375, 28178, 450775,          below 2^64: J. Sinclair (2011), who went through J.
 *     9780504, 1795265022                   Feitsma's list of all strong pseudoprimes to base 2
 *                                           below 2^64 (miller-rabin.appspot.com)
 *
 * The last six bases may be multiples of a factor of n, or of a prime n itself, which then counts
 * as passed; Sinclair's bases are chosen with that rule.
 *
 * Powers are computed with Montgomery's multiplication ("Modular multiplication without trial
 * division", Math. Comp. 44, 1985), where x stands for x * 2^64 modulo n. Bases beyond the first
 * run three at a time: a multiplication waits some 12 cycles for the one before it, and the other
 * two use that time.
 */

/* n, and what goes with it: inverse * n is 1 modulo 2^64; one stands for 1. */
struct parsum_odd {
    uint64_t n, inverse, one;
};

PARSUM_OWN struct parsum_odd parsum_odd_of(uint64_t n)
{
    uint64_t inverse = 3 * n ^ 2; /* right in 5 bits; each step doubles them (Newton) */
    for (int k = 0; k < 4; k++)
        inverse *= 2 - n * inverse;
    return (struct parsum_odd){n, inverse, (0 - n) % n};
}

/* The product, below n; if `small`, for n < 2^32 and factors below 4 n, below 2 n. */
PARSUM_OWN uint64_t parsum_montgomery(uint64_t a, uint64_t b, struct parsum_odd odd, int small)
{
    const unsigned __int128 product = (unsigned __int128)a * b;
    const uint64_t quotient = (uint64_t)product * odd.inverse;
    const uint64_t high = (uint64_t)(product >> 64),
                   taken = (uint64_t)((unsigned __int128)quotient * odd.n >> 64);
    return small || high < taken ? high + odd.n - taken : high - taken;
}

/* Does a power a^d, below 4 n, lead to -1, or is it 1? */
PARSUM_OWN int parsum_passes(uint64_t power, int squarings, struct parsum_odd odd, int small)
{
    const uint64_t minus_one = odd.n - odd.one;
    power %= odd.n;
    if (power == odd.one || power == minus_one)
        return 1;
    for (int k = 1; k < squarings; k++) {
        power = parsum_montgomery(power, power, odd, small);
        power -= power >= odd.n ? odd.n : 0;
        if (power == minus_one)
            return 1;
    }
    return 0;
}

/* The test with base 2: to multiply by 2 is to add. */
PARSUM_OWN int parsum_passes_two(struct parsum_odd odd, int small)
{
    const int squarings = __builtin_ctzll(odd.n - 1);
    const uint64_t d = odd.n >> squarings;
    uint64_t power = odd.one;
    for (int bit = 63 - __builtin_clzll(d); bit >= 0; bit--) {
        const uint64_t square = parsum_montgomery(power, power, odd, small), twice = d >> bit & 1;
        if (small)
            power = square << twice;
        else
            power = !twice                    ? square
                    : square < odd.n - square ? 2 * square
                                              : square - (odd.n - square);
    }
    return parsum_passes(power, squarings, odd, small);
}

/* The test with up to three bases at a time, by two bits of d in a step. */
PARSUM_OWN int parsum_passes_all(struct parsum_odd odd, const uint64_t *bases, int count, int small)
{
    const int squarings = __builtin_ctzll(odd.n - 1);
    const uint64_t d = odd.n >> squarings;
    uint64_t powers[3][4], power[3];
    for (int k = 0; k < count; k++) {
        powers[k][0] = power[k] = odd.one;
        powers[k][1] = parsum_times(odd.one, bases[k] % odd.n, odd.n);
        powers[k][2] = parsum_montgomery(powers[k][1], powers[k][1], odd, small);
        powers[k][3] = parsum_montgomery(powers[k][1], powers[k][2], odd, small);
    }
    for (int bit = (63 - __builtin_clzll(d)) & ~1; bit >= 0; bit -= 2)
        for (int k = 0; k < count; k++) {
            power[k] = parsum_montgomery(power[k], power[k], odd, small);
            power[k] = parsum_montgomery(power[k], power[k], odd, small);
            power[k] = parsum_montgomery(power[k], powers[k][d >> bit & 3], odd, small);
        }
    int all = 1;
    for (int k = 0; k < count; k++)
        all &= powers[k][1] == 0 || parsum_passes(power[k], squarings, odd, small);
    return all;
}

#define PARSUM_DIVIDES(p) (n % (p) == 0)

#if PARSUM_LOOK || PARSUM_PROOF
/* The part that takes the compiler long is nobody's business where nothing is run. */
__attribute__((__const__)) int parsum_isprime_rough(uint64_t n);
#else

/* Whether an odd n without a factor up to 113 is prime. */
static __attribute__((__noinline__, __unused__)) PARSUM_UNCHECKED int
parsum_isprime_large(uint64_t n)
{
    static const uint64_t few[] = {7, 61}, many[] = {325, 9375, 28178, 450775, 9780504, 1795265022};
    const struct parsum_odd odd = parsum_odd_of(n);
    if (n <= UINT32_MAX)
        return parsum_passes_two(odd, 1) && parsum_passes_all(odd, few, 2, 1);
    return parsum_passes_two(odd, 0) && parsum_passes_all(odd, many, 3, 0) &&
           parsum_passes_all(odd, many + 3, 3, 0);
}

/* Whether an n > 127 without a factor up to 13 is prime. */
static __attribute__((__noinline__, __unused__)) PARSUM_UNCHECKED int
parsum_isprime_rough(uint64_t n)
{
    if (PARSUM_DIVIDES(17) | PARSUM_DIVIDES(19) | PARSUM_DIVIDES(23) | PARSUM_DIVIDES(29) |
        PARSUM_DIVIDES(31) | PARSUM_DIVIDES(37) | PARSUM_DIVIDES(41) | PARSUM_DIVIDES(43))
        return 0;
    if (PARSUM_DIVIDES(47) | PARSUM_DIVIDES(53) | PARSUM_DIVIDES(59) | PARSUM_DIVIDES(61) |
        PARSUM_DIVIDES(67) | PARSUM_DIVIDES(71) | PARSUM_DIVIDES(73) | PARSUM_DIVIDES(79) |
        PARSUM_DIVIDES(83) | PARSUM_DIVIDES(89) | PARSUM_DIVIDES(97) | PARSUM_DIVIDES(101) |
        PARSUM_DIVIDES(103) | PARSUM_DIVIDES(107) | PARSUM_DIVIDES(109) | PARSUM_DIVIDES(113))
        return 0;
    return n < 127 * 127 || parsum_isprime_large(n);
}

#endif

PARSUM_OWN _Bool parsum_isprime_of(uint64_t n)
{
    if ((n & 1) == 0)
        return n == 2;
    if (n < 128) { /* the primes, as bits */
        const uint64_t low = UINT64_C(0x28208a20a08a28ac), high = UINT64_C(0x800228a202088288);
        return (n < 64 ? low >> n : high >> (n - 64)) & 1;
    }
    if (PARSUM_DIVIDES(3) | PARSUM_DIVIDES(5) | PARSUM_DIVIDES(7) | PARSUM_DIVIDES(11) |
        PARSUM_DIVIDES(13))
        return 0;
#undef PARSUM_DIVIDES
    return parsum_isprime_rough(n);
}

PARSUM_OWN _Bool parsum_isprime_unsigned(__int128 n)
{
    return n > 0 && parsum_isprime_of((uint64_t)n);
}

PARSUM_OWN _Bool parsum_isprime_signed(int64_t n)
{
    return n > 0 && parsum_isprime_of((uint64_t)n);
}

#endif
