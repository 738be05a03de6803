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
#define PARSUM_OWN PARSUM_INLINE PARSUM_UNCHECKED
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
PARSUM_INLINE void parsum_set_place(struct term_place *at, int64_t i, int64_t index)
{
    at->i = i;
    at->index = index;
}

#define PARSUM_TEXT_OF(x) #x
#define PARSUM_TEXT(x) PARSUM_TEXT_OF(x)
#define PARSUM_CPU(name, macro) name "=" PARSUM_TEXT(macro) " "
static const char parsum_cpu[] = " " TERM_CPU_FEATURES(PARSUM_CPU);

/* The most terms that the loops below may be asked for at a time. */
enum { PARSUM_BLOCK = 1 << 30 };

/* Terms of at most 2^33 in absolute value: 64 bits hold the sum. */
PARSUM_INLINE void parsum_add_narrow(int64_t (*term)(int64_t, struct parsum_job),
                                     struct parsum_job job, int64_t start, int64_t end,
                                     struct term_integers *sum)
{
    uint64_t total = 0;
    for (int64_t i = start; i < end; i++)
        total += (uint64_t)term(i, job);
    sum->low += (unsigned __int128)(int64_t)total;
}

/* Terms of 64 bits: their low and high halves are added apart. */
PARSUM_INLINE void parsum_add_signed(int64_t (*term)(int64_t, struct parsum_job),
                                     struct parsum_job job, int64_t start, int64_t end,
                                     struct term_integers *sum)
{
    uint64_t low = 0, high = 0;
    for (int64_t i = start; i < end; i++) {
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

#if !PARSUM_LOOK && !PARSUM_PROOF
/* The term as a double; term_after.h defines it. */
PARSUM_INLINE double parsum_real(int64_t i, struct parsum_job job);
#define TERM_REAL_JOB struct parsum_job
#define term parsum_real
#include "term_real.h"
#undef term
#endif

#if PARSUM_CHECKED
/*
 * Set by the handlers in term_checks.c, which `escape` from what would crash: the trouble of a
 * thread that is `within` a block, or `elsewhere`, in one that the term itself has started; and the
 * index that an array does not have.
 */
extern __thread int parsum_within __attribute__((__visibility__("hidden")));
extern volatile int parsum_elsewhere __attribute__((__visibility__("hidden")));
extern __thread int parsum_trouble __attribute__((__visibility__("hidden")));
extern __thread int64_t parsum_index __attribute__((__visibility__("hidden")));
extern __thread jmp_buf parsum_escape __attribute__((__visibility__("hidden")));
#endif

/* The user's text may change how the compiler optimises; term_after.h changes it back. */
#ifndef __clang__
#pragma GCC push_options
#endif
