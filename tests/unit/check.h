/* check: cmocka with what it needs before it, and what several tests share. */
#ifndef PARSUM_CHECK_H
#define PARSUM_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exact/results.h"

/* A stream of random numbers, the same in every run: xorshift64*, by Marsaglia and Vigna. */
static inline uint64_t check_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

/* Fails with both numbers in hexadecimal: cmocka knows no integers of 128 bits. */
#define assert_int128_equal(a, b)                                                                  \
    do {                                                                                           \
        const __int128 left_ = (a), right_ = (b);                                                  \
        if (left_ != right_)                                                                       \
            fail_msg("%s = %#llx %016llx, but %s = %#llx %016llx", #a,                             \
                     (unsigned long long)(left_ >> 64), (unsigned long long)left_, #b,             \
                     (unsigned long long)(right_ >> 64), (unsigned long long)right_);              \
    } while (0)

static inline void assert_contains(const char *text, const char *piece)
{
    if (!strstr(text, piece))
        fail_msg("\"%s\" does not hold \"%s\"", text, piece);
}

/* The layouts that tests use most, and a block of sums on the stack, emptied. */
#define CHECK_LAYOUT(...)                                                                          \
    layout_of((const enum exact_kind[]){__VA_ARGS__},                                              \
              sizeof((const enum exact_kind[]){__VA_ARGS__}) / sizeof(enum exact_kind))

/* The results of so many sums, which live as long as the test; a test makes few. */
static inline const struct results *check_results(const enum exact_kind *kinds, size_t count)
{
    static struct results made[64];
    static size_t next;
    struct results *const results = &made[next++ % 64];
    results_of_sums(results, kinds, count);
    return results;
}

#define CHECK_RESULTS(...)                                                                         \
    check_results((const enum exact_kind[]){__VA_ARGS__},                                          \
                  sizeof((const enum exact_kind[]){__VA_ARGS__}) / sizeof(enum exact_kind))

struct check_sums {
    _Alignas(16) unsigned char bytes[2 * sizeof(struct superacc)];
};

static inline struct sums *check_empty(struct check_sums *memory)
{
    memset(memory, 0, sizeof *memory);
    return (struct sums *)memory->bytes;
}

/* Adds one term of 128 bits. */
static inline void check_add_wide(struct exact_wide *sum, int128 term)
{
    sum->low += (uint64_t)term;
    sum->high += (int64_t)(term >> 64);
}

#endif
