#include "term/find.h"

#include "exact/vectors.h"

#include <math.h>

/* Looks at so many at once where there are hits, so that the loop within is one of vectors. */
enum { STEP = 64 };

/* Each value is written behind the last hit, and is one if it is not 0: no branch is guessed. */
#define DEFINE_FIND(NAME, TYPE, MEMBER)                                                            \
    static void NAME(struct hits *hits, struct hit hit, const TYPE *x, size_t n)                   \
    {                                                                                              \
        for (size_t from = 0; from < n; from += STEP) {                                            \
            const size_t to = n - from < STEP ? n : from + STEP;                                   \
            int any = 0;                                                                           \
            for (size_t j = from; j < to; j++)                                                     \
                any |= x[j] != 0;                                                                  \
            struct hit *at = any ? hits_room(hits, STEP) : NULL;                                   \
            if (!at)                                                                               \
                continue;                                                                          \
            const uint64_t first = (uint64_t)hit.i;                                                \
            for (size_t j = from; j < to; j++) {                                                   \
                *at = (struct hit){(int64_t)(first + j), hit.run, {.MEMBER = x[j]}};               \
                at += x[j] != 0;                                                                   \
            }                                                                                      \
            hits->count = (size_t)(at - hits->at);                                                 \
        }                                                                                          \
    }
DEFINE_FIND(find_signed, int64_t, integer)
DEFINE_FIND(find_unsigned, uint64_t, integer)
DEFINE_FIND(find_wide, int128, integer)
DEFINE_FIND(find_real, double, real)

/* The first of them that is infinite or NaN. */
static int check_reals(const struct hits *hits, size_t from, struct term_place *at)
{
    for (size_t k = from; k < hits->count; k++)
        if (!isfinite(hits->at[k].value.real)) {
            at->i = hits->at[k].i;
            return isnan(hits->at[k].value.real) ? TERM_NAN : TERM_INFINITE;
        }
    return TERM_FINE;
}

int find_group(struct hits *hits, uint64_t run, int64_t start, size_t n, const void *x,
               enum fold_type type, struct term_place *at)
{
    const bool wide = type == FOLD_WIDE || type == FOLD_NATURAL;
    const size_t before = hits->count;
    const struct hit hit = {.i = start, .run = run};
    const uint64_t any = vectors_best()->any(x, wide ? 2 * n : n);
    /* -0 is 0, too. */
    if ((type == FOLD_REAL ? any << 1 : any) == 0)
        return TERM_FINE;
    at->i = start;
    if (type == FOLD_REAL)
        find_real(hits, hit, x, n);
    else if (wide)
        find_wide(hits, hit, x, n);
    else if (type == FOLD_UNSIGNED)
        find_unsigned(hits, hit, x, n);
    else
        find_signed(hits, hit, x, n);
    if (hits->failed)
        return TERM_MEMORY;
    return type == FOLD_REAL ? check_reals(hits, before, at) : TERM_FINE;
}
