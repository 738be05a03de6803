/*
 * math_turn: sin, cos and tan of any argument, one by one and in vectors: see math_trig.h.
 *
 * In a loop over doubles GCC calls not parsum_sin but the function for a vector of them that the
 * ABI of vectors names _ZGVxNy_parsum_sin, where x is the instruction set and y the number of
 * doubles. All those that this CPU can have are defined here, as any may be called.
 *
 * Source of the names: "x86-64 psABI: Vector Function ABI".
 */
#ifndef PARSUM_MATH_TURN_H
#define PARSUM_MATH_TURN_H

#include "math_trig.h"

#if defined __GNUC__ && !defined __clang__ && defined __x86_64__

#define PARSUM_TURN_TYPE(name, set, count)                                                         \
    typedef double parsum_##name##_##set __attribute__((__vector_size__(8 * count)));
#define PARSUM_TURN_ALL(name, set, count)                                                          \
    static PARSUM_UNCHECKED __attribute__((__used__))                                              \
    parsum_##name##_##set parsum_##name##_all_##set(parsum_##name##_##set x) __asm__(              \
        "_ZGV" #set "N" #count "v_parsum_" #name);                                                 \
    static parsum_##name##_##set parsum_##name##_all_##set(parsum_##name##_##set x)

/* Is one of the numbers far? With AVX-512 by a single comparison, of which 22 is "not at most". */
PARSUM_MATH _Bool parsum_any_far(const double *x, int count)
{
#if defined __AVX512F__ && __has_builtin(__builtin_ia32_cmppd512_mask)
    if (count == 8) {
        typedef double doubles __attribute__((__vector_size__(64)));
        doubles magnitudes;
        for (int n = 0; n < 8; n++)
            magnitudes[n] = parsum_magnitude(x[n]);
        return __builtin_ia32_cmppd512_mask(magnitudes, (doubles){0} + 204800, 22, 0xff, 4) != 0;
    }
#endif
    uint64_t far = 0;
    for (int n = 0; n < count; n++)
        far |= parsum_is_far(x[n]);
    return far >> 63;
}

/* The vector's ways: each element in its own, or all of it near. The first is a function of its
   own, so that the second needs no memory. */
#define PARSUM_TURN_VECTOR(name, set, count, all_near)                                             \
    PARSUM_TURN_TYPE(name, set, count)                                                             \
    PARSUM_MATH_FAR parsum_##name##_##set parsum_##name##_each_##set(parsum_##name##_##set x)      \
    {                                                                                              \
        for (int n = 0; n < count; n++)                                                            \
            x[n] = parsum_##name##_one(x[n]);                                                      \
        return x;                                                                                  \
    }                                                                                              \
    PARSUM_TURN_ALL(name, set, count)                                                              \
    {                                                                                              \
        union {                                                                                    \
            parsum_##name##_##set vector;                                                          \
            double each[count];                                                                    \
        } from = {x}, to;                                                                          \
        if (parsum_any_far(from.each, count))                                                      \
            return parsum_##name##_each_##set(x);                                                  \
        all_near(name, count);                                                                     \
        return to.vector;                                                                          \
    }
#define PARSUM_TURN_LOOP(name, count)                                                              \
    for (int n = 0; n < count; n++)                                                                \
    to.each[n] = parsum_##name##_near(from.each[n])
#define PARSUM_TURN_WIDE(name, count) to.vector = parsum_##name##_wide(x)

/* For vectors that GCC takes at the ends of loops at most: not worth the time to compile more. */
#define PARSUM_TURN_FEW(name, set, count)                                                          \
    PARSUM_TURN_TYPE(name, set, count)                                                             \
    PARSUM_TURN_ALL(name, set, count)                                                              \
    {                                                                                              \
        for (int n = 0; n < count; n++)                                                            \
            x[n] = parsum_##name##_one(x[n]);                                                      \
        return x;                                                                                  \
    }

#if PARSUM_LOOK || PARSUM_PROOF /* what is compiled for these is never linked */
#define PARSUM_TURN_VECTORS(name)
#elif defined __AVX512F__
#include "math_wide.h"
#define PARSUM_TURN_VECTORS(name)                                                                  \
    PARSUM_TURN_VECTOR(name, e, 8, PARSUM_TURN_WIDE)                                               \
    PARSUM_TURN_FEW(name, d, 4) PARSUM_TURN_FEW(name, c, 4) PARSUM_TURN_FEW(name, b, 2)
#elif defined __AVX2__
#define PARSUM_TURN_VECTORS(name)                                                                  \
    PARSUM_TURN_VECTOR(name, d, 4, PARSUM_TURN_LOOP)                                               \
    PARSUM_TURN_FEW(name, c, 4) PARSUM_TURN_FEW(name, b, 2)
#elif defined __AVX__
#define PARSUM_TURN_VECTORS(name)                                                                  \
    PARSUM_TURN_VECTOR(name, c, 4, PARSUM_TURN_LOOP)                                               \
    PARSUM_TURN_VECTOR(name, b, 2, PARSUM_TURN_LOOP)
#else
#define PARSUM_TURN_VECTORS(name) PARSUM_TURN_VECTOR(name, b, 2, PARSUM_TURN_LOOP)
#endif

#define PARSUM_TURN(name)                                                                          \
    static PARSUM_UNCHECKED                                                                        \
        __attribute__((__used__, __noinline__, __const__)) double parsum_##name##_one(             \
            double x) __asm__("parsum_" #name);                                                    \
    static double parsum_##name##_one(double x)                                                    \
    {                                                                                              \
        return parsum_is_far(x) >> 63 ? parsum_##name##_far(x) : parsum_##name##_near(x);          \
    }                                                                                              \
    PARSUM_TURN_VECTORS(name)                                                                      \
    extern __attribute__((__simd__("notinbranch"), __const__, __nothrow__,                         \
                          __visibility__("hidden"))) double parsum_##name(double x);

#else

#define PARSUM_TURN(name)                                                                          \
    PARSUM_MATH double parsum_##name(double x)                                                     \
    {                                                                                              \
        return parsum_is_far(x) >> 63 ? parsum_##name##_far(x) : parsum_##name##_near(x);          \
    }

#endif

#endif
