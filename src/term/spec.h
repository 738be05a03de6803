/* spec: a term as the user gives it, and what it is wanted for. */
#ifndef PARSUM_SPEC_H
#define PARSUM_SPEC_H

#include "exact/results.h"
#include "jobs/columns.h"
#include "jobs/data.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most constants, and the most lets, that a term may have, and the most values. */
enum { TERM_CONSTANTS = 64, TERM_VALUES = RESULTS_VALUES };

/*
 * What is known of where the integers of a run lie in an array: i - before to i + after are indexes
 * that it has, for each i. -1: not even i is known to be one.
 */
struct term_reach {
    signed char before, after;
};

/* A term as the user gives it; what it points to must outlive it. */
struct term_spec {
    const char *values[TERM_VALUES + 1]; /* expressions, each "EXPR" or "NAME=EXPR" */
    size_t value_count; /* 0: the file has the one value, term(i) or block(start, end) */
    bool keyed;         /* the last of them is the key by which results are kept apart */
    bool listed;        /* there is one value, and the integers are wanted at which it is not 0 */
    const struct reductions *reductions; /* what is made of the others; NULL: sums */
    const char *lets[TERM_CONSTANTS];    /* computed before them, each "NAME=EXPR" */
    size_t let_count;
    const char
        *file; /* C text for the expressions, or the term; FILE.so is a term that was saved */
    const char *constants[TERM_CONSTANTS]; /* each "NAME=VALUE" */
    size_t constant_count;
    const struct columns *columns;     /* of the jobs; NULL: none */
    const struct data *data;           /* the arrays that it reads; NULL: none */
    struct term_reach reach[DATA_MAX]; /* of each of them; term_build finds it */
    bool skip_nan;                     /* values that are NaN are left out */
    bool products; /* an expression calls product(a, b) of the program; term_source_make finds it */
    bool guarded;  /* only where the reach was looked at before each call may it be relied on */
    uint64_t seed; /* of the random numbers that it draws */
    bool wrap;     /* signed overflow wraps around */
    bool libm;     /* the machine's mathematical functions, not parsum's */
    const char *save; /* where to keep the compiled term; NULL: nowhere */
    bool no_cache;    /* compile it anew, and keep it nowhere else */
};

/* Are the values handed over, rather than added up within the compiled term? */
static inline bool spec_gathers(const struct term_spec *spec)
{
    return spec->keyed || spec->listed || spec->reductions;
}

/* Has the term one more value, of how many NaN were left out? Else that is counted by whoever the
   values are handed over to. */
static inline bool spec_counts_nan(const struct term_spec *spec)
{
    return spec->skip_nan && !spec_gathers(spec);
}

/* The integers of a run. */
struct term_range {
    bool known;        /* if so, */
    int64_t low, high; /* all lie in [low, high), low < high */
};

#endif
