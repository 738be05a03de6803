/*
 * results: what is made of the values of a term: sums, means, extremes and so on.
 *
 * Each result is finished from a few sums and extremes in the making, which a layout holds:
 *
 *     sum                       the sum
 *     count                     the number of terms
 *     mean, var, sd, se, rms    the number of terms, the sum, the sum of squares (moments)
 *     min, argmin               the least value, and where it was found first
 *     max, argmax               the greatest
 *
 * What is in the making is exact, so each result is rounded once. If only sums are wanted there is
 * nothing in the making but these.
 *
 * Pure functions on memory of the caller; thread-safe.
 */
#ifndef PARSUM_RESULTS_H
#define PARSUM_RESULTS_H

#include "exact/sums.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reduction {
    REDUCE_SUM,
    REDUCE_COUNT,
    REDUCE_MEAN, /* up to here a value may be the sum of two doubles */
    REDUCE_VAR,  /* with n - 1 */
    REDUCE_SD,   /* the root of it */
    REDUCE_SE,   /* of the mean: the root of var / n */
    REDUCE_RMS,  /* the root of the mean of squares */
    REDUCE_MIN,
    REDUCE_MAX,
    REDUCE_ARGMIN, /* the i of the first least value */
    REDUCE_ARGMAX,
    REDUCTIONS
};

/* "sum", "count" and so on; the reduction of a name, REDUCTIONS if it is none. */
const char *reduction_name(enum reduction reduction);
enum reduction reduction_find(const char *name, size_t length);

/* What is wanted of each value, in that order, each once. */
struct reductions {
    size_t count;
    enum reduction list[REDUCTIONS];
};

enum {
    RESULTS_VALUES = 64, /* the most values of a term */
    RESULTS_MAX = RESULTS_VALUES * REDUCTIONS,
    RESULTS_SLOTS = RESULTS_MAX + 1 + RESULTS_VALUES, /* the most that results_slots tells */
    RESULTS_NONE = LAYOUT_MAX,                        /* in place of a number in the layout */
};

/* Where the layout has what is made of a value; RESULTS_NONE: nowhere. */
struct parts {
    size_t sum, squares, least, greatest;
    size_t count; /* of terms that are not left out; RESULTS_NONE: none is, `terms` are they */
};

struct finished {
    enum reduction reduction;
    unsigned value;       /* of which value */
    enum exact_kind kind; /* of the finished result, for exact_print: up to EXACT_REAL */
};

struct results {
    struct layout layout; /* of what is in the making */
    size_t values;        /* of the term, and their kinds, up to EXACT_REAL */
    enum exact_kind kinds[RESULTS_VALUES];
    struct parts parts[RESULTS_VALUES];
    bool places;  /* an argmin or argmax is wanted */
    bool skips;   /* values may be left out */
    size_t terms; /* where the layout counts terms; RESULTS_NONE: only sums are wanted */
    size_t count;
    struct finished result[RESULTS_MAX];
};

/* How many union values results_finish writes: with the number of terms, if it is counted, and that
   of each value, if some may be left out. */
static inline size_t results_slots(const struct results *results)
{
    return results->count + (results->terms != RESULTS_NONE) +
           (results->skips ? results->values : 0);
}

/* One sum of integers of 64 bits at most. */
extern const struct results results_integer;

/* The sums of values of these kinds, 1 to RESULTS_VALUES of them, each up to EXACT_REAL. */
void results_of_sums(struct results *results, const enum exact_kind *kinds, size_t count);

/*
 * All of the list, of 0 to RESULTS_VALUES values; of none of them only the number of terms. With
 * RESULTS_SMALL what is in the making takes less memory, and terms are added one by one; with
 * RESULTS_SKIP reals that are NaN are left out, and not counted. `how`: both, or none.
 */
enum { RESULTS_SMALL = 1, RESULTS_SKIP = 2 };
void results_of(struct results *results, const enum exact_kind *kinds, size_t count,
                const struct reductions *list, unsigned how);

/*
 * Finishes what is in the making, into results_slots values. False if one does not fit: a wide sum
 * beyond 128 bits, a real beyond the largest double.
 */
bool results_finish(const struct results *results, const struct sums *sums, union value *values);

/* Is there no such result, as there are too few terms? The first one is of results that count them.
 */
bool results_lacks_terms(const struct results *results, const union value *values, size_t which);
static inline bool results_is_empty(const struct results *results, const union value *values,
                                    size_t which)
{
    return results->terms != RESULTS_NONE && results_lacks_terms(results, values, which);
}

/* How many values were left out. */
uint64_t results_skipped(const struct results *results, const union value *values);

/* The run in which an argmin or argmax was found; 0: none, or it is no such result. */
int64_t results_run(const struct results *results, const struct sums *sums, size_t which);

/* Finished results as text, with commas between, and back; EXACT_TEXT bytes for each slot are room
   enough. results_load is false for any text that results_save does not write. */
char *results_save(const struct results *results, const union value *values, char *text);
bool results_load(const struct results *results, const char *text, union value *values);

/* What tells them from others: "integer,real", or "integer,real reduce sum,mean"; RESULTS_TEXT
 * bytes. */
enum { RESULTS_TEXT = RESULTS_VALUES * 8 + REDUCTIONS * 8 + 16 };
void results_describe(const struct results *results, char text[RESULTS_TEXT]);

#endif
