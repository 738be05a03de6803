#include "term/gather.h"

#include "exact/present.h"
#include "term/find.h"

#include <math.h>

enum fold_type gather_type(enum term_type type)
{
    switch (type) {
    case TERM_UNSIGNED:
        return FOLD_UNSIGNED;
    case TERM_WIDE:
        return FOLD_WIDE;
    case TERM_NATURAL:
        return FOLD_NATURAL;
    case TERM_REAL:
        return FOLD_REAL;
    default:
        return FOLD_SIGNED;
    }
}

/* What is wrong with value j of an array: if it is finite, its lower half is. */
static int trouble_of(const double *x, size_t j, int64_t start, struct term_place *at)
{
    at->i = (int64_t)((uint64_t)start + j);
    return isfinite(x[j]) ? TERM_PRODUCT : isnan(x[j]) ? TERM_NAN : TERM_INFINITE;
}

/* Part `which` of what is in the making; NULL: there is none. */
static void *part(const struct gather *gather, size_t which)
{
    return which == RESULTS_NONE ? NULL : sums_at(&gather->results->layout, gather->sums, which);
}

static int take(const struct gather *gather, int64_t start, size_t n, const void *const *x,
                struct term_place *at)
{
    const struct results *const results = gather->results;
    const struct fold_place place = {gather->run, start};
    size_t first = n, which = 0;
    for (size_t k = 0; k < results->values; k++) {
        const struct parts *const parts = &results->parts[k];
        const struct fold_parts to = {
            .sum = part(gather, parts->sum),
            .squares = part(gather, parts->squares),
            .least = part(gather, parts->least),
            .greatest = part(gather, parts->greatest),
            .places = results->places,
        };
        const size_t bad = parts->count == RESULTS_NONE
                               ? fold(gather->types[k], x[k], n, place, &to, &gather->windows[k])
                               : present_fold(x[k], n, place, &to, &gather->windows[k],
                                              part(gather, parts->count));
        which = bad < first ? k : which;
        first = bad < first ? bad : first;
        const double *const low = x[results->values + k];
        const size_t bad_low =
            low && to.sum && bad == n ? present_fold_low(x[k], low, n, to.sum) : n;
        which = bad_low < first ? k : which;
        first = bad_low < first ? bad_low : first;
    }
    *(int128 *)sums_at(&results->layout, gather->sums, results->terms) += n;
    return first < n ? trouble_of(x[which], first, start, at) : TERM_FINE;
}

static int take_by_key(const struct gather *gather, int64_t start, size_t n, const void *const *x,
                       struct term_place *at)
{
    const struct results *const results = gather->results;
    size_t bad = n, which = 0;
    at->i = start;
    switch (table_fold(gather->table, x[results->values], x, x + results->values + 1, gather->types,
                       n, (struct fold_place){gather->run, start}, &bad, &which)) {
    case TABLE_FULL:
        return TERM_KEYS;
    case TABLE_NO_MEMORY:
        return TERM_MEMORY;
    case TABLE_SPECIAL:
        return trouble_of(x[which], bad, start, at);
    case TABLE_FINE:
        break;
    }
    return TERM_FINE;
}

int gather_take(void *to, int64_t start, size_t n, const void *const *x, struct term_place *at)
{
    const struct gather *const gather = to;
    if (gather->hits)
        return find_group(gather->hits, (uint64_t)gather->run, start, n, x[0], gather->types[0],
                          at);
    return gather->sums ? take(gather, start, n, x, at) : take_by_key(gather, start, n, x, at);
}
