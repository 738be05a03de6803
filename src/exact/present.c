#include "exact/present.h"

#include <math.h>
#include <string.h>

#define INFINITE (UINT64_C(0x7ff) << 52)

/* A double without its sign, as an integer: infinities are INFINITE, NaN are above. */
static uint64_t magnitude(const double *x)
{
    uint64_t bits;
    memcpy(&bits, x, sizeof bits);
    return bits & INT64_MAX;
}

size_t present_find_infinite(const double *x, size_t n)
{
    uint64_t infinite = 0;
    for (size_t j = 0; j < n; j++)
        infinite |= magnitude(x + j) == INFINITE;
    for (size_t j = 0; infinite && j < n; j++)
        if (magnitude(x + j) == INFINITE)
            return j;
    return n;
}

static bool has_missing(const double *x, size_t n)
{
    uint64_t missing = 0;
    for (size_t j = 0; j < n; j++)
        missing |= magnitude(x + j) > INFINITE;
    return missing != 0;
}

/* Extremes one by one, as each has its place; sums of those that are there, next to each other. */
static __attribute__((__noinline__)) size_t fold_some(const double *x, size_t n,
                                                      struct fold_place place,
                                                      const struct fold_parts *parts,
                                                      struct fold_window *window)
{
    const struct fold_parts sums = {.sum = parts->sum, .squares = parts->squares};
    const struct fold_parts ends = {
        .least = parts->least, .greatest = parts->greatest, .places = parts->places};
    double there[VECTORS_MAX];
    size_t count = 0;
    for (size_t j = 0; j < n; j++) {
        if (isnan(x[j]))
            continue;
        there[count++] = x[j];
        fold(FOLD_REAL, x + j, 1,
             (struct fold_place){place.run, (int64_t)((uint64_t)place.start + j)}, &ends, NULL);
    }
    if (count > 0)
        fold(FOLD_REAL, there, count, place, &sums, window);
    return count;
}

size_t present_find_bad_low(const double *x, const double *low, size_t n)
{
    uint64_t bad = 0;
    for (size_t j = 0; j < n; j++) {
        const uint64_t lost = magnitude(low + j) >= INFINITE, there = magnitude(x + j) < INFINITE;
        bad |= lost & there;
    }
    for (size_t j = 0; bad && j < n; j++)
        if (!isfinite(low[j]) && isfinite(x[j]))
            return j;
    return n;
}

size_t present_fold_low(const double *x, const double *low, size_t n, void *sum)
{
    const size_t bad = present_find_bad_low(x, low, n);
    if (bad < n)
        return bad;
    double there[VECTORS_MAX];
    for (size_t j = 0; j < n; j++)
        there[j] = magnitude(x + j) < INFINITE ? low[j] : 0;
    fold(FOLD_REAL, there, n, (struct fold_place){1, 0}, &(struct fold_parts){.sum = sum}, NULL);
    return n;
}

size_t present_fold(const double *x, size_t n, struct fold_place place,
                    const struct fold_parts *parts, struct fold_window *window, int128 *count)
{
    const size_t infinite = present_find_infinite(x, n);
    if (infinite < n)
        return infinite;
    if (has_missing(x, n)) {
        *count += fold_some(x, n, place, parts, window);
        return n;
    }
    *count += n;
    return fold(FOLD_REAL, x, n, place, parts, window);
}
