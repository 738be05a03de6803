/*
 * math_vector: functions that are quick for near arguments, those of most magnitudes, in vectors.
 *
 *     PARSUM_BY_VECTOR(name, least, most, widest)
 *
 * defines parsum_<name>(x) by parsum_<name>_any(x), which is for all x, and parsum_<name>_near(x),
 * which has the same bits for `least` <= |x| <= `most`. `widest` is PARSUM_VECTOR_LOOP, or
 * PARSUM_VECTOR_WIDE where there is a parsum_<name>_wide for eight near ones, with AVX-512.
 *
 * In a loop over doubles GCC calls not parsum_<name> but the function for a vector of them that the
 * ABI of vectors names _ZGVxNy_parsum_<name>, where x is the instruction set and y the number of
 * doubles. All those that this CPU can have are defined here, as any may be called. They look at a
 * vector's arguments, and only if there is a far one, leave the quick way.
 *
 * Source of the names: "x86-64 psABI: Vector Function ABI".
 */
#ifndef PARSUM_MATH_VECTOR_H
#define PARSUM_MATH_VECTOR_H

#include "math_base.h"

/* Whether |x| is less than `least` or more than `most`, or x is NaN: then the first bit is set.
   Magnitudes compare as their bits do. */
PARSUM_MATH uint64_t parsum_far(double x, double least, double most)
{
    const uint64_t bits = parsum_to_bits(x) & ~PARSUM_SIGN;
    return (bits - parsum_to_bits(least)) | (parsum_to_bits(most) - bits);
}

PARSUM_MATH _Bool parsum_is_far(double x, double least, double most)
{
    return parsum_far(x, least, most) >> 63;
}

#if defined __GNUC__ && !defined __clang__ && defined __x86_64__

#define PARSUM_VECTOR_TYPE(name, set, count)                                                       \
    typedef double parsum_##name##_##set __attribute__((__vector_size__(8 * count)));
#define PARSUM_VECTOR_ALL(name, set, count)                                                        \
    static PARSUM_UNCHECKED __attribute__((__used__))                                              \
    parsum_##name##_##set parsum_##name##_all_##set(parsum_##name##_##set x) __asm__(              \
        "_ZGV" #set "N" #count "v_parsum_" #name);                                                 \
    static parsum_##name##_##set parsum_##name##_all_##set(parsum_##name##_##set x)

/* With AVX-512 by comparisons of vectors; 17 is "less", 22 "not at most". */
PARSUM_MATH _Bool parsum_any_far(const double *x, int count, double least, double most)
{
#if defined __AVX512F__ && __has_builtin(__builtin_ia32_cmppd512_mask)
    if (count == 8) {
        typedef double doubles __attribute__((__vector_size__(64)));
        doubles magnitudes;
        for (int n = 0; n < 8; n++)
            magnitudes[n] = parsum_magnitude(x[n]);
        const unsigned more =
            __builtin_ia32_cmppd512_mask(magnitudes, (doubles){0} + most, 22, 0xff, 4);
        if (least == 0)
            return more != 0;
        return (more |
                __builtin_ia32_cmppd512_mask(magnitudes, (doubles){0} + least, 17, 0xff, 4)) != 0;
    }
#endif
    uint64_t far = 0;
    for (int n = 0; n < count; n++)
        far |= parsum_far(x[n], least, most);
    return far >> 63;
}

/* The vector's ways: each element in its own, or all of it near. The first is a function of its
   own, so that the second needs no memory. */
#define PARSUM_VECTOR(name, least, most, set, count, way)                                          \
    PARSUM_VECTOR_TYPE(name, set, count)                                                           \
    union parsum_##name##_union_##set {                                                            \
        parsum_##name##_##set vector;                                                              \
        double each[count];                                                                        \
    };                                                                                             \
    static PARSUM_UNCHECKED __attribute__((__noinline__, __const__))                               \
    parsum_##name##_##set parsum_##name##_each_##set(parsum_##name##_##set x)                      \
    {                                                                                              \
        const union parsum_##name##_union_##set from = {x};                                        \
        union parsum_##name##_union_##set to;                                                      \
        for (int n = 0; n < count; n++)                                                            \
            to.each[n] = parsum_##name##_any(from.each[n]);                                        \
        return to.vector;                                                                          \
    }                                                                                              \
    PARSUM_VECTOR_ALL(name, set, count)                                                            \
    {                                                                                              \
        const union parsum_##name##_union_##set from = {x};                                        \
        union parsum_##name##_union_##set to;                                                      \
        if (parsum_any_far(from.each, count, least, most))                                         \
            return parsum_##name##_each_##set(x);                                                  \
        way(name, count);                                                                          \
        return to.vector;                                                                          \
    }
#define PARSUM_VECTOR_LOOP(name, count)                                                            \
    for (int n = 0; n < count; n++)                                                                \
    to.each[n] = parsum_##name##_near(from.each[n])
#define PARSUM_VECTOR_WIDE(name, count) to.vector = parsum_##name##_wide(x)

/* For vectors that GCC takes at the ends of loops at most: not worth the time to compile more. */
#define PARSUM_VECTOR_FEW(name, set, count)                                                        \
    PARSUM_VECTOR_TYPE(name, set, count)                                                           \
    PARSUM_VECTOR_ALL(name, set, count)                                                            \
    {                                                                                              \
        for (int n = 0; n < count; n++)                                                            \
            x[n] = parsum_##name##_one(x[n]);                                                      \
        return x;                                                                                  \
    }

#if PARSUM_LOOK || PARSUM_PROOF /* what is compiled for these is never linked */
#define PARSUM_VECTORS(name, least, most, widest)
#elif defined __AVX512F__
#define PARSUM_VECTORS(name, least, most, widest)                                                  \
    PARSUM_VECTOR(name, least, most, e, 8, widest)                                                 \
    PARSUM_VECTOR_FEW(name, d, 4) PARSUM_VECTOR_FEW(name, c, 4) PARSUM_VECTOR_FEW(name, b, 2)
#elif defined __AVX2__
#define PARSUM_VECTORS(name, least, most, widest)                                                  \
    PARSUM_VECTOR(name, least, most, d, 4, PARSUM_VECTOR_LOOP)                                     \
    PARSUM_VECTOR_FEW(name, c, 4) PARSUM_VECTOR_FEW(name, b, 2)
#elif defined __AVX__
#define PARSUM_VECTORS(name, least, most, widest)                                                  \
    PARSUM_VECTOR(name, least, most, c, 4, PARSUM_VECTOR_LOOP)                                     \
    PARSUM_VECTOR(name, least, most, b, 2, PARSUM_VECTOR_LOOP)
#else
#define PARSUM_VECTORS(name, least, most, widest)                                                  \
    PARSUM_VECTOR(name, least, most, b, 2, PARSUM_VECTOR_LOOP)
#endif

#define PARSUM_BY_VECTOR(name, least, most, widest)                                                \
    static PARSUM_UNCHECKED                                                                        \
        __attribute__((__used__, __noinline__, __const__)) double parsum_##name##_one(             \
            double x) __asm__("parsum_" #name);                                                    \
    static double parsum_##name##_one(double x)                                                    \
    {                                                                                              \
        return parsum_is_far(x, least, most) ? parsum_##name##_any(x) : parsum_##name##_near(x);   \
    }                                                                                              \
    PARSUM_VECTORS(name, least, most, widest)                                                      \
    extern __attribute__((__simd__("notinbranch"), __const__, __nothrow__,                         \
                          __visibility__("hidden"))) double parsum_##name(double x);

#else

#define PARSUM_BY_VECTOR(name, least, most, widest)                                                \
    PARSUM_MATH double parsum_##name(double x)                                                     \
    {                                                                                              \
        return parsum_##name##_any(x);                                                             \
    }

#endif

#endif
