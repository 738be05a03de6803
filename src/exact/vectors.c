#include "exact/vectors.h"

#include "base/cpu.h"

#include <string.h>

/* Each loop is written once, and compiled for each kind of vectors. */
#define LOOP static inline __attribute__((__always_inline__))

LOOP void ends(const int64_t *x, size_t n, int64_t flip, int64_t found[2])
{
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    for (size_t j = 0; j < n; j++) {
        const int64_t it = x[j] ^ flip;
        least = it < least ? it : least;
        greatest = it > greatest ? it : greatest;
    }
    found[0] = least;
    found[1] = greatest;
}

LOOP void real_ends(const double *x, size_t n, int64_t found[2])
{
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    for (size_t j = 0; j < n; j++) {
        int64_t bits;
        memcpy(&bits, &x[j], sizeof bits);
        const int64_t it = vectors_order(bits);
        least = it < least ? it : least;
        greatest = it > greatest ? it : greatest;
    }
    found[0] = least;
    found[1] = greatest;
}

/* Looks at STEP of them at once, so that the loop within is one of vectors. */
enum { STEP = 32 };

#define DEFINE_FIND(NAME, TYPE)                                                                    \
    LOOP size_t NAME(const TYPE *x, size_t n, TYPE value)                                          \
    {                                                                                              \
        size_t j = 0;                                                                              \
        for (; j + STEP <= n; j += STEP) {                                                         \
            int64_t any = 0;                                                                       \
            for (size_t k = 0; k < STEP; k++)                                                      \
                any |= -(int64_t)(x[j + k] == value);                                              \
            if (any)                                                                               \
                break;                                                                             \
        }                                                                                          \
        while (j < n && !(x[j] == value))                                                          \
            j++;                                                                                   \
        return j;                                                                                  \
    }
DEFINE_FIND(find, int64_t)
DEFINE_FIND(real_find, double)

LOOP int64_t sum(const int64_t *x, size_t n)
{
    uint64_t total = 0;
    for (size_t j = 0; j < n; j++)
        total += (uint64_t)x[j];
    return (int64_t)total;
}

LOOP int64_t squares(const int64_t *x, size_t n)
{
    int64_t total = 0;
    for (size_t j = 0; j < n; j++)
        total += (int64_t)(int32_t)x[j] * (int32_t)x[j];
    return total;
}

LOOP void wide_squares(const int64_t *x, size_t n, uint64_t sums[2])
{
    uint64_t low = 0, high = 0;
    for (size_t j = 0; j < n; j++) {
        const uint64_t square = (uint64_t)((int64_t)(int32_t)x[j] * (int32_t)x[j]);
        low += (uint32_t)square;
        high += square >> 32;
    }
    sums[0] = low;
    sums[1] = high;
}

LOOP uint64_t any(const void *x, size_t n)
{
    uint64_t bits = 0;
    for (size_t j = 0; j < n; j++) {
        uint64_t word;
        memcpy(&word, (const char *)x + j * sizeof word, sizeof word);
        bits |= word;
    }
    return bits;
}

#define DEFINE_ENDS(SUFFIX, TARGET)                                                                \
    TARGET static void ends_##SUFFIX(const int64_t *x, size_t n, int64_t flip, int64_t found[2])   \
    {                                                                                              \
        ends(x, n, flip, found);                                                                   \
    }
#define DEFINE_REAL_ENDS(SUFFIX, TARGET)                                                           \
    TARGET static void real_ends_##SUFFIX(const double *x, size_t n, int64_t found[2])             \
    {                                                                                              \
        real_ends(x, n, found);                                                                    \
    }
#define DEFINE_FIRST(SUFFIX, TARGET)                                                               \
    TARGET static size_t find_##SUFFIX(const int64_t *x, size_t n, int64_t value)                  \
    {                                                                                              \
        return find(x, n, value);                                                                  \
    }
#define DEFINE_REAL_FIRST(SUFFIX, TARGET)                                                          \
    TARGET static size_t real_find_##SUFFIX(const double *x, size_t n, double value)               \
    {                                                                                              \
        return real_find(x, n, value);                                                             \
    }
#define DEFINE_SUM(SUFFIX, TARGET)                                                                 \
    TARGET static int64_t sum_##SUFFIX(const int64_t *x, size_t n)                                 \
    {                                                                                              \
        return sum(x, n);                                                                          \
    }
#define DEFINE_SQUARES(SUFFIX, TARGET)                                                             \
    TARGET static int64_t squares_##SUFFIX(const int64_t *x, size_t n)                             \
    {                                                                                              \
        return squares(x, n);                                                                      \
    }
#define DEFINE_WIDE_SQUARES(SUFFIX, TARGET)                                                        \
    TARGET static void wide_squares_##SUFFIX(const int64_t *x, size_t n, uint64_t sums[2])         \
    {                                                                                              \
        wide_squares(x, n, sums);                                                                  \
    }
#define DEFINE_ANY(SUFFIX, TARGET)                                                                 \
    TARGET static uint64_t any_##SUFFIX(const void *x, size_t n)                                   \
    {                                                                                              \
        return any(x, n);                                                                          \
    }
#define DEFINE_ALL(SUFFIX, TARGET)                                                                 \
    DEFINE_ENDS(SUFFIX, TARGET)                                                                    \
    DEFINE_REAL_ENDS(SUFFIX, TARGET)                                                               \
    DEFINE_FIRST(SUFFIX, TARGET)                                                                   \
    DEFINE_REAL_FIRST(SUFFIX, TARGET)                                                              \
    DEFINE_SUM(SUFFIX, TARGET)                                                                     \
    DEFINE_SQUARES(SUFFIX, TARGET)                                                                 \
    DEFINE_WIDE_SQUARES(SUFFIX, TARGET)                                                            \
    DEFINE_ANY(SUFFIX, TARGET)                                                                     \
    static const struct vectors vectors_##SUFFIX = {                                               \
        ends_##SUFFIX, real_ends_##SUFFIX, find_##SUFFIX,         real_find_##SUFFIX,              \
        sum_##SUFFIX,  squares_##SUFFIX,   wide_squares_##SUFFIX, any_##SUFFIX,                    \
    };

DEFINE_ALL(baseline, )
#if defined __x86_64__
DEFINE_ALL(avx2, __attribute__((target("avx2"))))
DEFINE_ALL(avx512, __attribute__((target("avx512f,avx512dq,avx512vl"))))
#endif

const struct vectors *vectors_best(void)
{
#if defined __x86_64__
    if (CPU_HAS("avx512dq", AVX512DQ) && CPU_HAS("avx512vl", AVX512VL))
        return &vectors_avx512;
    if (CPU_HAS("avx2", AVX2))
        return &vectors_avx2;
#endif
    return &vectors_baseline;
}
