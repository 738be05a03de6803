/*
 * math_base: what parsum's mathematical functions have in common.
 *
 * The headers math_*.h hold functions of doubles that have the same bits on every machine, with
 * every compiler, in vectors or not. They are C text that goes into users' terms; docs/math.md has
 * the methods, errors and sources. What makes the bits the same:
 *
 * - only additions, multiplications, divisions and square roots of IEEE 754, which are defined to
 *   the last bit, in an order that the text fixes; integers; and no call of the C library but sqrt;
 * - no fused multiply-add: the text must be compiled with -ffp-contract=off;
 * - no arithmetic of more bits than doubles have, as the 387 has it;
 * - no -ffast-math, which changes the order, and no promise that there are no NaN: under such
 *   options PARSUM_INEXACT is 1, and a term has the machine's functions;
 * - a NaN is always the same NaN, since the CPUs make different ones.
 *
 * What makes them vectors: no branch on the way of most arguments, and no table or a small one.
 * Comparisons make masks of all ones or none, and parsum_pick blends by them: the compilers (GCC
 * 12) make vectors of that whatever they think of traps. Special values are put in at the end.
 * exp and log do it by an `if` without loops or calls, which in a vector becomes a blend too (GCC
 * wants -fno-trapping-math for that), and elsewhere a branch that is hardly ever taken: one by one,
 * they take two thirds of the time that masks take. Integers are unsigned, so that no check of
 * overflows is in the way.
 *
 * Words. ulp: the distance of doubles at the result. "hi + lo": a number as the sum of two doubles,
 * lo at most some ulps of hi. Fast2Sum: for |a| >= |b| (or a = 0) s = a + b has the error
 * (a - s) + b, exactly (Dekker 1971).
 */
#ifndef PARSUM_MATH_BASE_H
#define PARSUM_MATH_BASE_H

#include <stdint.h>

#if defined __FAST_MATH__ || defined __ASSOCIATIVE_MATH__ || defined __RECIPROCAL_MATH__ ||        \
    (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__) || __FLT_EVAL_METHOD__ == 1 ||          \
    __FLT_EVAL_METHOD__ == 2 || defined PARSUM_LOOSE /* options of which no macro tells */
#define PARSUM_INEXACT 1
#else
#define PARSUM_INEXACT 0
#endif

#ifndef PARSUM_UNCHECKED /* term_before.h has them */
#define PARSUM_UNCHECKED
#endif
#ifndef PARSUM_INLINED
#define PARSUM_INLINED __attribute__((__always_inline__))
#endif
#define PARSUM_MATH                                                                                \
    static inline PARSUM_INLINED __attribute__((__unused__, __const__)) PARSUM_UNCHECKED

/* A number as the sum of two. */
struct parsum_two {
    double hi, lo;
};

#define PARSUM_SIGN UINT64_C(0x8000000000000000)
#define PARSUM_INFINITY UINT64_C(0x7ff0000000000000)
#define PARSUM_HALF_PI 0x1.921fb54442d18p0 /* pi/2, of which this is the rest: */
#define PARSUM_HALF_PI_REST 0x1.1a62633145c07p-54
#define PARSUM_NAN UINT64_C(0x7ff8000000000000) /* the one NaN that the functions return */

/* x + PARSUM_ROUND is x rounded to an integer k, for |x| < 2^51; its bits are those of PARSUM_ROUND
   plus k, modulo 2^64. */
#define PARSUM_ROUND 0x1.8p52

/* The function of floats: that of doubles, rounded once more. */
#define PARSUM_OF_FLOAT(name)                                                                      \
    PARSUM_MATH float parsum_##name##f(float x)                                                    \
    {                                                                                              \
        return (float)parsum_##name(x);                                                            \
    }
#define PARSUM_OF_FLOATS(name)                                                                     \
    PARSUM_MATH float parsum_##name##f(float x, float y)                                           \
    {                                                                                              \
        return (float)parsum_##name(x, y);                                                         \
    }

PARSUM_MATH uint64_t parsum_to_bits(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

PARSUM_MATH double parsum_from_bits(uint64_t bits)
{
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

/* All ones where the condition holds, else 0. */
#define PARSUM_MASK(condition) (-(uint64_t)(condition))

/* `a` where the mask is all ones, `b` where it is 0. */
PARSUM_MATH double parsum_pick(uint64_t mask, double a, double b)
{
    return parsum_from_bits((parsum_to_bits(a) & mask) | (parsum_to_bits(b) & ~mask));
}

/* The value with these bits where the mask is all ones. */
PARSUM_MATH double parsum_put(uint64_t mask, uint64_t bits, double other)
{
    return parsum_from_bits((bits & mask) | (parsum_to_bits(other) & ~mask));
}

PARSUM_MATH double parsum_magnitude(double x)
{
    return parsum_from_bits(parsum_to_bits(x) & ~PARSUM_SIGN);
}

/* Puts the sign bit of `sign`, whose other bits count for nothing, on a number without one. */
PARSUM_MATH double parsum_sign_by(double magnitude, uint64_t sign)
{
    return parsum_from_bits(parsum_to_bits(magnitude) | (sign & PARSUM_SIGN));
}

/* The one NaN if x is a NaN, else y. */
PARSUM_MATH double parsum_keep_nan(double x, double y)
{
    return parsum_put(PARSUM_MASK(x != x), PARSUM_NAN, y);
}

/*
 * y where the mask is 0. Where it is all ones: the infinity or zero with these bits, or NaN if
 * `is_nan`, for which they are those of infinity.
 *
 * y is used once. Of an argument that is the same for all i, GCC computes the function before the
 * loop only if both ways of the `if` seem to cost about the same, and it counts what is used twice
 * as twice the work.
 */
PARSUM_MATH double parsum_special(double y, uint64_t mask, uint64_t bits, _Bool is_nan)
{
    const uint64_t nan = (PARSUM_NAN ^ PARSUM_INFINITY) & PARSUM_MASK(is_nan);
    return parsum_from_bits((parsum_to_bits(y) & ~mask) | bits | nan);
}

/* The upper half of x: 26 bits; x less that has 27. */
PARSUM_MATH double parsum_upper(double x)
{
    return parsum_from_bits(parsum_to_bits(x) & UINT64_C(0xfffffffff8000000));
}

/* a + b with its error, for |a| >= |b| or a = 0. */
PARSUM_MATH struct parsum_two parsum_fast_two_sum(double a, double b)
{
    const double s = a + b;
    return (struct parsum_two){s, (a - s) + b};
}

/* a + b with its error, whichever is larger (Knuth). */
PARSUM_MATH struct parsum_two parsum_two_sum(double a, double b)
{
    const double s = a + b, t = s - a;
    return (struct parsum_two){s, (a - (s - t)) + (b - t)};
}

/* a * b with its error: the halves have products that are exact (Veltkamp, Dekker). Exact while no
   product is below 2^-1000 or so, or beyond the doubles. */
PARSUM_MATH struct parsum_two parsum_two_product(double a, double b)
{
    const double p = a * b;
    const double ah = parsum_upper(a), al = a - ah;
    const double bh = parsum_upper(b), bl = b - bh;
    return (struct parsum_two){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

/*
 * y * 2^k for a y of [1/2, 2), k being in PARSUM_ROUND + k. Where the mask `tiny` is set, which it
 * must be for k < -1021 and must not be for k > 900, the result may be subnormal: it is made 2^64
 * times too large, and is then rounded once more. Overflow is not seen.
 */
PARSUM_MATH double parsum_scale(double y, double rounded, uint64_t tiny)
{
    const uint64_t up = tiny & (UINT64_C(64) << 52);
    const double scaled =
        parsum_from_bits(parsum_to_bits(y) + (parsum_to_bits(rounded) << 52) + up);
    return scaled * parsum_from_bits(parsum_to_bits(1) - up);
}

#endif
