/*
 * term_before: the part of a generated C file that comes before the user's text: the headers that a
 * term may count on, and the loops that add terms up.
 *
 * The loops stand here, and take the term as a function that the compiler inlines, so that no macro
 * of the user's gets into them. Their arithmetic is unsigned, so that no overflow check stands in
 * the way of vectors.
 */
#pragma GCC system_header /* no warnings, whatever the user asks for */
#ifdef __cplusplus
#error a term is C
#endif
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "term_abi.h"

/* What the file is compiled for; see term_after.h. */
#define PARSUM_PROOF (PARSUM_WAY == 0)
#define PARSUM_CHECKED (PARSUM_WAY == 1)
#define PARSUM_LOOK (PARSUM_WAY == 3)

/*
 * GCC (12) takes for the range of a result that has overflowed the range of what it wraps around
 * to. Where that decides all that follows, as in (i-INT64_MAX)>>55 for an i of -5 to -3, nobody
 * asks for the result any more, and a check without a use is dropped as any dead code is. So dead
 * code stays where checks are to be relied on: then the first check to fail always stands, since
 * what leads to it did not overflow.
 */
#if !defined __clang__ && (PARSUM_PROOF || PARSUM_CHECKED)
#pragma GCC optimize("no-tree-dce", "no-tree-dse", "no-tree-sink")
#endif

#define PARSUM_INLINE static inline __attribute__((__always_inline__, __unused__))

/*
 * For functions that parsum offers: nothing is undefined in them, so nothing is checked. Arguments
 * for which one has no value it gives to PARSUM_REFUSE, and then it must not crash.
 */
#define PARSUM_OWN static inline PARSUM_INLINED __attribute__((__unused__)) PARSUM_UNCHECKED
#define PARSUM_INLINED __attribute__((__always_inline__)) /* but see offer.c */
#define PARSUM_UNCHECKED __attribute__((__no_sanitize__("undefined", "float-cast-overflow")))
#if PARSUM_PROOF || PARSUM_CHECKED
__attribute__((__visibility__("hidden"))) void __ubsan_handle_parsum_domain(void);
#define PARSUM_REFUSE() __ubsan_handle_parsum_domain()
#else
#define PARSUM_REFUSE() ((void)0)
#endif

/*
 * Clang (14) looks for an overflow in these only where it sees how they come about, and GCC (12)
 * computes them of a constant before it looks.
 */
PARSUM_INLINE int parsum_abs(int x)
{
    return x < 0 ? -x : x;
}
PARSUM_INLINE long parsum_labs(long x)
{
    return x < 0 ? -x : x;
}
PARSUM_INLINE long long parsum_llabs(long long x)
{
    return x < 0 ? -x : x;
}
PARSUM_INLINE intmax_t parsum_imaxabs(intmax_t x)
{
    return x < 0 ? -x : x;
}
#if !PARSUM_LOOK /* where Clang would not warn of what stands in them */
#define abs parsum_abs
#define labs parsum_labs
#define llabs parsum_llabs
#define imaxabs parsum_imaxabs
#endif

/* Here, since the user's text may have a macro i. */
PARSUM_INLINE void parsum_set_place(struct term_place *at, int64_t i)
{
    at->i = i;
    at->index = 0;
    at->array = at->column = 0;
}

/* An index as 64 bits hold it; one that they do not hold becomes one that no array has. */
PARSUM_INLINE int64_t parsum_index(int64_t index)
{
    return index;
}
PARSUM_INLINE int64_t parsum_index_wide(__int128 index)
{
    return index < INT64_MIN ? INT64_MIN : index > INT64_MAX ? INT64_MAX : (int64_t)index;
}
PARSUM_INLINE int64_t parsum_index_natural(unsigned __int128 index)
{
    return index > INT64_MAX ? INT64_MAX : (int64_t)index;
}

/*
 * The user's arrays: the type of the elements of array k, which need not be aligned, and functions
 * that find an element. They look at the index where it was not proved to be one. The program calls
 * the names of indexes out of bounds by what all other checks are called by, so that a proof is
 * that none is left.
 */
#if PARSUM_PROOF || PARSUM_CHECKED
extern void __ubsan_handle_parsum_array(int array, int column, int64_t index)
    __attribute__((__visibility__("hidden")));
#define PARSUM_LOOK_AT_INDEX(k, column, index, n)                                                  \
    if ((uint64_t)(index) >= (uint64_t)(n))                                                        \
        __ubsan_handle_parsum_array(k + 1, column, index);
#else
#define PARSUM_LOOK_AT_INDEX(k, column, index, n)
#endif
#define PARSUM_ELEMENT(k, type)                                                                    \
    typedef const type parsum_element_##k __attribute__((__aligned__(1)));
#define PARSUM_ARRAY(k, type)                                                                      \
    PARSUM_ELEMENT(k, type)                                                                        \
    PARSUM_INLINE parsum_element_##k *parsum_find_##k(parsum_element_##k *at, int64_t n,           \
                                                      int64_t index)                               \
    {                                                                                              \
        (void)n;                                                                                   \
        PARSUM_LOOK_AT_INDEX(k, 0, index, n)                                                       \
        return at + index;                                                                         \
    }
#define PARSUM_TABLE(k, type, columns)                                                             \
    PARSUM_ELEMENT(k, type)                                                                        \
    PARSUM_INLINE parsum_element_##k *parsum_find_##k(parsum_element_##k *at, int64_t n,           \
                                                      int64_t row)                                 \
    {                                                                                              \
        (void)n;                                                                                   \
        PARSUM_LOOK_AT_INDEX(k, 0, row, n)                                                         \
        return at + row * (int64_t)(columns);                                                      \
    }                                                                                              \
    PARSUM_INLINE parsum_element_##k *parsum_find_in_##k(parsum_element_##k *at, int64_t n,        \
                                                         int64_t row, int64_t column)              \
    {                                                                                              \
        PARSUM_LOOK_AT_INDEX(k, 1, column, (int64_t)(columns))                                     \
        return parsum_find_##k(at, n, row) + column;                                               \
    }

/* What is known of an index, for a proof: said in the words of the check. */
#define PARSUM_REACHES(index, n)                                                                   \
    if ((uint64_t)(index) >= (uint64_t)(n))                                                        \
        __builtin_unreachable();

#define PARSUM_TEXT_OF(x) #x
#define PARSUM_TEXT(x) PARSUM_TEXT_OF(x)
#define PARSUM_CPU(name, macro, feature) name "=" PARSUM_TEXT(macro) " "
static const char parsum_cpu[] = " " TERM_CPU_FEATURES(PARSUM_CPU);

/* The most terms that the loops below may be asked for at a time. */
enum { PARSUM_BLOCK = 1 << 30 };

/*
 * Asks for the elements of an array that come 4 KiB after those of the n integers at i: what the
 * processor guesses stops at the end of a page, and sums of x[i] then take 1.4 times as long
 * (Sapphire Rapids, one core; with 1 KiB or 8 KiB 1.1 times).
 */
PARSUM_INLINE void parsum_fetch(const void *at, int64_t i, int64_t n, int64_t size)
{
    const char *from = (const char *)at + i * size + 4096;
    for (int64_t byte = 0; byte < n * size; byte += 64)
        __builtin_prefetch(from + byte);
}

/* The integers between two such calls. */
enum { PARSUM_STRIDE = 128 };

/* Terms of at most 2^33 in absolute value: 64 bits hold the sum. */
PARSUM_INLINE void parsum_add_narrow(int64_t (*term)(int64_t, struct parsum_job),
                                     struct parsum_job job, int64_t start, int64_t end,
                                     struct term_integers *sum)
{
    uint64_t total = 0;
    int64_t i = start;
    for (; PARSUM_FETCHES && end - i >= PARSUM_STRIDE; i += PARSUM_STRIDE) {
        PARSUM_FETCH(i, PARSUM_STRIDE, job);
        for (int64_t k = i; k < i + PARSUM_STRIDE; k++)
            total += (uint64_t)term(k, job);
    }
    for (; i < end; i++)
        total += (uint64_t)term(i, job);
    sum->low += (unsigned __int128)(int64_t)total;
}

/* Terms of 64 bits: their low and high halves are added apart. */
PARSUM_INLINE void parsum_add_signed(int64_t (*term)(int64_t, struct parsum_job),
                                     struct parsum_job job, int64_t start, int64_t end,
                                     struct term_integers *sum)
{
    uint64_t low = 0, high = 0;
    int64_t i = start;
    for (; PARSUM_FETCHES && end - i >= PARSUM_STRIDE; i += PARSUM_STRIDE) {
        PARSUM_FETCH(i, PARSUM_STRIDE, job);
        for (int64_t k = i; k < i + PARSUM_STRIDE; k++) {
            int64_t x = term(k, job);
            low += (uint32_t)x;
            high += (uint64_t)(x >> 32);
        }
    }
    for (; i < end; i++) {
        int64_t x = term(i, job);
        low += (uint32_t)x;
        high += (uint64_t)(x >> 32);
    }
    sum->low += ((unsigned __int128)(int64_t)high << 32) + low;
}

PARSUM_INLINE void parsum_add_unsigned(uint64_t (*term)(int64_t, struct parsum_job),
                                       struct parsum_job job, int64_t start, int64_t end,
                                       struct term_integers *sum)
{
    uint64_t low = 0, high = 0;
    for (int64_t i = start; i < end; i++) {
        uint64_t x = term(i, job);
        low += (uint32_t)x;
        high += x >> 32;
    }
    sum->low += ((unsigned __int128)high << 32) + low;
}

/*
 * Terms of [-2^60, 2^60): 64 bits hold eight of them, so that only every eighth addition has to be
 * cut in halves. The eight stand far apart, so that the terms of a vector are neighbours.
 */
PARSUM_INLINE void parsum_add_eights(int64_t (*term)(int64_t, struct parsum_job),
                                     struct parsum_job job, int64_t start, int64_t end,
                                     struct term_integers *sum)
{
    enum { EIGHT = 8, APART = 512 };
    uint64_t low = 0, high = 0;
    int64_t i = start;
    for (; end - i >= EIGHT * APART; i += EIGHT * APART) {
        for (int64_t k = i; k < i + APART; k++) {
            uint64_t eight = 0;
#pragma GCC unroll 8
            for (int n = 0; n < EIGHT; n++)
                eight += (uint64_t)term(k + n * APART, job);
            low += (uint32_t)eight;
            high += (uint64_t)((int64_t)eight >> 32);
        }
    }
    sum->low += ((unsigned __int128)(int64_t)high << 32) + low;
    parsum_add_signed(term, job, i, end, sum);
}

/* Terms of 128 bits: their unsigned low and their high 64 bits are added apart. */
PARSUM_INLINE void parsum_add_wide(__int128 (*term)(int64_t, struct parsum_job),
                                   struct parsum_job job, int64_t start, int64_t end,
                                   struct term_integers *sum)
{
    for (int64_t i = start; i < end; i++) {
        __int128 x = term(i, job);
        sum->low += (uint64_t)x;
        sum->high += (unsigned __int128)(x >> 64);
    }
}

PARSUM_INLINE void parsum_add_unsigned_wide(unsigned __int128 (*term)(int64_t, struct parsum_job),
                                            struct parsum_job job, int64_t start, int64_t end,
                                            struct term_integers *sum)
{
    for (int64_t i = start; i < end; i++) {
        unsigned __int128 x = term(i, job);
        sum->low += (uint64_t)x;
        sum->high += x >> 64;
    }
}

/*
 * A product that is not rounded: its value as a double, and what that lacks. The lower half is
 * exact where the upper one is 0 or lies in [2^-968, 2^1023), as lanes.c of the program proves;
 * else it is NaN.
 */
struct parsum_product {
    double high, low;
};

#if !defined __FP_FAST_FMA
/* The bits of the upper half of a double. */
PARSUM_INLINE int64_t parsum_upper_bits(int64_t bits)
{
    const uint64_t half = UINT64_C(1) << 27, rounded = (uint64_t)bits + half / 2;
    const uint64_t infinite = ((rounded & INT64_MAX) + (UINT64_C(1) << 52)) >> 63;
    return (int64_t)((rounded & -half) - infinite * half);
}
#endif

PARSUM_INLINE double parsum_tail(double a, double b, double high)
{
#if defined __FP_FAST_FMA
    return __builtin_fma(a, b, -high);
#else
    /* Dekker's product of halves of 26 bits: a mantissa is rounded as an integer, or cut off where
       that would make it infinite: then one lower half has 27 bits, and all steps are exact still
     */
    int64_t bits_a, bits_b;
    double upper_a, upper_b;
    __builtin_memcpy(&bits_a, &a, sizeof a);
    __builtin_memcpy(&bits_b, &b, sizeof b);
    bits_a = parsum_upper_bits(bits_a);
    bits_b = parsum_upper_bits(bits_b);
    __builtin_memcpy(&upper_a, &bits_a, sizeof a);
    __builtin_memcpy(&upper_b, &bits_b, sizeof b);
    const double lower_a = a - upper_a, lower_b = b - upper_b;
    return ((upper_a * upper_b - high) + upper_a * lower_b + lower_a * upper_b) + lower_a * lower_b;
#endif
}

PARSUM_INLINE struct parsum_product parsum_multiply(double a, double b)
{
    const double high = a * b, low = parsum_tail(a, b, high);
    uint64_t bits, lost;
    __builtin_memcpy(&bits, &high, sizeof bits);
    __builtin_memcpy(&lost, &low, sizeof lost);
    const int tiny = (bits & INT64_MAX) < (uint64_t)(1023 - 968) << 52;
    lost |= tiny & (a != 0) & (b != 0) ? (uint64_t)0x7ff8 << 48 : 0;
    struct parsum_product product = {high, 0};
    __builtin_memcpy(&product.low, &lost, sizeof lost);
    return product;
}

/* Is it NaN? By its bits: the user's own options may have promised that there are no such numbers.
 */
PARSUM_INLINE int parsum_is_nan(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return (bits & INT64_MAX) > (uint64_t)0x7ff << 52;
}

#if !PARSUM_LOOK && !PARSUM_PROOF
/* The term as a double; term_after.h defines it. */
PARSUM_INLINE double parsum_real(int64_t i, struct parsum_job job);
/* And as a product that is not rounded. */
PARSUM_INLINE void parsum_halves(int64_t i, struct parsum_job job, double *high, double *low);
#define TERM_REAL_JOB struct parsum_job
#define TERM_REAL_HALVES parsum_halves
#define TERM_REAL_FETCH PARSUM_FETCH
#define term parsum_real
#include "term_real.h"
#undef term
#endif

#if PARSUM_CHECKED
/*
 * Set by the handlers in term_checks.c, which `escape` from what would crash: the trouble of a
 * thread that is `within` a block, or `elsewhere`, in one that the term itself has started; and the
 * index that an array does not have, in the place of `bounds`.
 */
extern __thread int parsum_within __attribute__((__visibility__("hidden")));
extern volatile int parsum_elsewhere __attribute__((__visibility__("hidden")));
extern __thread int parsum_trouble __attribute__((__visibility__("hidden")));
extern __thread struct term_place parsum_bounds __attribute__((__visibility__("hidden")));
extern __thread jmp_buf parsum_escape __attribute__((__visibility__("hidden")));

PARSUM_INLINE void parsum_set_bounds(struct term_place *at, int64_t i)
{
    *at = parsum_bounds;
    at->i = i;
}
#endif

/* The user's text may change how the compiler optimises; term_after.h changes it back. */
#ifndef __clang__
#pragma GCC push_options
#endif
