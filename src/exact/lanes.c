/*
 * Each lane has two numbers, a and b, set to 1.5 * 2^k and 1.5 * 2^m, and takes a term x by
 *
 *     s = a + x    q = s - a    r = x - q    a = s        (Dekker's fast two-sum: r is what a lost)
 *     u = b + r    v = u - b                 b = u
 *
 * Five additions a term; no comparison, no branch. That a + b afterwards exceeds a + b before by
 * exactly x is proved, for each step, by two tests, which are gathered with OR and looked at once a
 * block:
 *
 *     (1) s has the sign and the exponent of 1.5 * 2^k        (2) r and v have the same magnitude
 *
 * Proof, round to nearest. Initially (1) holds for a, so if all tests of the steps before held, a
 * and s both are in [2^k, 2^(k+1)): multiples of 2^(k-52) and less than 2^k apart. So q, a multiple
 * of 2^(k-52) below 2^52 of them, is exact. The rounding error a + x - s is a double, as it is for
 * every sum of two doubles, and is x - q, so r is exact as well, and |r| <= 2^(k-53), half a unit
 * of s. With at most 2^6 steps and m = k - 46, b stays within 2^6 * 2^(k-53) = 2^(m-1) of
 * 1.5 * 2^m, hence in the binade, or just at its end, 2^(m+1). Then v is exact for the same reason
 * as q, and r - v is the rounding error of b + r: it is 0 where v is r. v has the sign of r or is
 * 0, so it is r if the magnitudes are the same. An infinite or NaN x leaves an s that fails (1). A
 * step whose tests fail spoils a and b, and what (1) and (2) say of the steps after it, but its
 * block is then dropped as a whole.
 *
 * A float has 24 bits, so that those of a block mostly are multiples of the unit of a, 2^(k-52): it
 * has no b, and instead of (2) q is asked to be x. Then nothing was lost: r is 0.
 *
 * With three levels what b loses, e = r - v, goes to a third number in the same way as r to b: it
 * is exact, and at most half a unit of b, so the same argument holds, and (2) is asked of e
 * instead.
 *
 * The bits of the doubles of a binade are consecutive integers. So after a block the lanes are
 * emptied by an integer subtraction: bits(a) - bits(1.5 * 2^k) is how many units of 2^(k-52) were
 * added, less than 2^51. As a block has few steps, k is close to the largest term and m far below
 * it: terms down to 2^-37 of the largest one fit the window, with all their bits; with three levels
 * those down to 2^-83.
 *
 * A product p + t, p the rounded one and t its error, goes into two such pairs of lanes: p into a
 * and b, t into c and d, whose window is 53 binades lower. t is a double unless it is lost below
 * the smallest one. By (2) p is a multiple of the unit of b, 2^(m-52), which is 2^-968 at least.
 * So if p is not 0, the exponents of the factors sum up to -969 at least, and their product, hence
 * t, is a multiple of 2^(-969-104), so t is a double. If p is 0 and no factor is, the block is
 * dropped.
 *
 * A list has one lane vector of its own, of two doubles or more, so a lane takes 2^8 terms at most,
 * and m is k - 44: b stays within 2^8 * 2^(k-53) = 2^(m-1) of 1.5 * 2^m. In b a list counts at most
 * 2^9 half units of a, 2^52 units of b; what it counts in a is compared with 2^53. So both counts
 * are doubles, in their units too, and one addition of them rounds the sum of the list once.
 *
 * t comes from a fused multiply-add, where there is one, else from Dekker's product. For that x is
 * split into two halves of 26 bits by rounding its mantissa, as an integer, to its upper half. All
 * steps are exact for factors that are not close to the largest double; if the upper half is
 * infinite, t is NaN, and (1) fails for c.
 *
 * Sources: T. J. Dekker, "A floating-point technique for extending the available precision", 1971;
 * S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part I", 2008, for sums that
 * start at a large power of two so that it is known what they lose.
 */
#include "exact/lanes.h"

#include "base/cpu.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#if defined __x86_64__
#include <immintrin.h>
#endif

_Static_assert(FLT_EVAL_METHOD == 0, "a double must not have more bits than it is stored with");
_Static_assert(LANES_STEPS == 1 << 6 && LANES_LIST == 1 << 9, "what the proof counts");

enum { LANES_AHEAD = 12288 }; /* bytes */

typedef double two __attribute__((__vector_size__(16)));
typedef int64_t two_bits __attribute__((__vector_size__(16)));
typedef uint64_t two_words __attribute__((__vector_size__(16)));

/* 1.5 * 2^k */
static double home_of(int k)
{
    const uint64_t bits = (uint64_t)(k + 1023) << 52 | UINT64_C(1) << 51;
    double home;
    memcpy(&home, &bits, sizeof home);
    return home;
}

/* 2^k, k >= -1074 */
static double power_of_two(int k)
{
    const uint64_t bits = k < -1022 ? UINT64_C(1) << (k + 1074) : (uint64_t)(k + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* n <= 8 elements of a vector are those at which the vector at eight_ones + 8 - n has all bits. */
static const int64_t eight_ones[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

/* The magnitudes of doubles compare as their bits do. */
static inline __attribute__((__always_inline__)) int largest(const double *x, const double *y,
                                                             size_t n)
{
    int64_t most = 0;
    for (size_t j = 0; j < n; j++) {
        const double term = y ? x[j] * y[j] : x[j];
        int64_t bits;
        memcpy(&bits, &term, sizeof bits);
        bits &= INT64_MAX;
        most = bits > most ? bits : most;
    }
    return (int)(most >> 52);
}

static inline __attribute__((__always_inline__)) int largest_float(const float *x, size_t n)
{
    int32_t most = 0;
    for (size_t j = 0; j < n; j++) {
        int32_t bits;
        memcpy(&bits, &x[j], sizeof bits);
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    return (int)(most >> 23);
}

#define DEFINE_EXPONENT(NAME, TARGET)                                                              \
    TARGET static int NAME(const double *x, const double *y, size_t n)                             \
    {                                                                                              \
        return y ? largest(x, y, n) : largest(x, NULL, n);                                         \
    }

#define DEFINE_FLOAT_EXPONENT(NAME, TARGET)                                                        \
    TARGET static int NAME(const float *x, size_t n)                                               \
    {                                                                                              \
        return largest_float(x, n);                                                                \
    }

#if defined __x86_64__
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

AVX512 static inline two_bits totals_avx512(__m512i x, __m512i y)
{
    const __m512i pairs =
        _mm512_add_epi64(_mm512_unpacklo_epi64(x, y), _mm512_unpackhi_epi64(x, y));
    const __m256i half =
        _mm256_add_epi64(_mm512_castsi512_si256(pairs), _mm512_extracti64x4_epi64(pairs, 1));
    return (two_bits)_mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

DEFINE_EXPONENT(exponent_avx512, AVX512)
DEFINE_FLOAT_EXPONENT(float_exponent_avx512, AVX512)
#define LANES_TARGET AVX512
#define LANES_BYTES 64
#define LANES_TAIL(x, y, product) _mm512_fmsub_pd(x, y, product)
#define LANES_REGISTER "v"
#define LANES_MINUS(x, y, one) _mm512_fnmadd_pd(y, one, x)
#define LANES_DIFFER(x, y, z)                                                                      \
    (__typeof__(z))_mm512_ternarylogic_epi64((__m512i)(x), (__m512i)(y), (__m512i)(z), 0x3c | 0xaa)
#define LANES_LESS(x, y) _mm512_min_pd(x, y)
#define LANES_MORE(x, y) _mm512_max_pd(x, y)
#define LANES_TOTALS(x, y) totals_avx512((__m512i)(x), (__m512i)(y))
#define LANES(name) name##_2_avx512
#define LANES_LEVELS 2
#include "exact/lanes_body.h"
#undef LANES
#undef LANES_LEVELS
#define LANES(name) name##_3_avx512
#define LANES_LEVELS 3
#include "exact/lanes_body.h"
#undef LANES_BYTES
#undef LANES_TARGET
#undef LANES_TAIL
#undef LANES_REGISTER
#undef LANES_MINUS
#undef LANES_DIFFER
#undef LANES_LESS
#undef LANES_MORE
#undef LANES_TOTALS
#undef LANES
#undef LANES_LEVELS

AVX2 static inline two_bits totals_avx2(__m256i x, __m256i y)
{
    const __m256i pairs =
        _mm256_add_epi64(_mm256_unpacklo_epi64(x, y), _mm256_unpackhi_epi64(x, y));
    return (two_bits)_mm_add_epi64(_mm256_castsi256_si128(pairs),
                                   _mm256_extracti128_si256(pairs, 1));
}

DEFINE_EXPONENT(exponent_avx2, AVX2)
DEFINE_FLOAT_EXPONENT(float_exponent_avx2, AVX2)
#define LANES_TARGET AVX2
#define LANES_BYTES 32
#define LANES_TAIL(x, y, product) _mm256_fmsub_pd(x, y, product)
#define LANES_REGISTER "x"
#define LANES_MINUS(x, y, one) _mm256_fnmadd_pd(y, one, x)
#define LANES_DIFFER(x, y, z) (((x) ^ (y)) | (z))
#define LANES_LESS(x, y) _mm256_min_pd(x, y)
#define LANES_MORE(x, y) _mm256_max_pd(x, y)
#define LANES_TOTALS(x, y) totals_avx2((__m256i)(x), (__m256i)(y))
#define LANES(name) name##_2_avx2
#define LANES_LEVELS 2
#include "exact/lanes_body.h"
#undef LANES
#undef LANES_LEVELS
#define LANES(name) name##_3_avx2
#define LANES_LEVELS 3
#include "exact/lanes_body.h"
#undef LANES_BYTES
#undef LANES_TARGET
#undef LANES_TAIL
#undef LANES_REGISTER
#undef LANES_MINUS
#undef LANES_DIFFER
#undef LANES_LESS
#undef LANES_MORE
#undef LANES_TOTALS
#undef LANES
#undef LANES_LEVELS
#endif

static inline two choose(two_bits first, two x, two y)
{
    return (two)((first & (two_bits)x) | (~first & (two_bits)y));
}

static inline two tail(two x, two y, two product)
{
#if defined __FP_FAST_FMA
    return (two){__builtin_fma(x[0], y[0], -product[0]), __builtin_fma(x[1], y[1], -product[1])};
#else
    const int64_t half = INT64_C(1) << 27;
    const two xh = (two)(((two_bits)x + half / 2) & -half), xl = x - xh;
    const two yh = (two)(((two_bits)y + half / 2) & -half), yl = y - yh;
    return ((xh * yh - product) + xh * yl + xl * yh) + xl * yl;
#endif
}

static inline two_bits totals(two_words x, two_words y)
{
    return (two_bits){(int64_t)(x[0] + x[1]), (int64_t)(y[0] + y[1])};
}

DEFINE_EXPONENT(exponent_baseline, )
DEFINE_FLOAT_EXPONENT(float_exponent_baseline, )
#define LANES_TARGET
#define LANES_BYTES 16
#define LANES_TAIL(x, y, product) tail(x, y, product)
#define LANES_REGISTER "m"
#define LANES_MINUS(x, y, one) ((x) - (y))
#define LANES_DIFFER(x, y, z) (((x) ^ (y)) | (z))
#define LANES_LESS(x, y) choose((x) < (y), x, y)
#define LANES_MORE(x, y) choose((x) > (y), x, y)
#define LANES_TOTALS(x, y) totals(x, y)
#define LANES(name) name##_2_baseline
#define LANES_LEVELS 2
#include "exact/lanes_body.h"
#undef LANES
#undef LANES_LEVELS
#define LANES(name) name##_3_baseline
#define LANES_LEVELS 3
#include "exact/lanes_body.h"

#define LIST(name)                                                                                 \
    {                                                                                              \
#name, PAIR_2_##name, BLOCK_2_##name,                                                      \
            {sum_2_##name, sum_3_##name },                                                         \
             {products_2_##name, products_3_##name }, moments_2_##name, lists_2_##name,            \
              exponent_##name, float_sum_2_##name, float_exponent_##name                           \
    }

const struct lanes *lanes_list(size_t *count)
{
    static const struct lanes all[] = {
#if defined __x86_64__
        LIST(avx512),
        LIST(avx2),
#endif
        LIST(baseline),
    };
    size_t first = 0;
#if defined __x86_64__
    if (!CPU_HAS("avx512dq", AVX512DQ) || !CPU_HAS("avx512vl", AVX512VL))
        first = CPU_HAS("avx2", AVX2) && CPU_HAS("fma", FMA) ? 1 : 2;
#endif
    *count = sizeof all / sizeof *all - first;
    return all + first;
}
