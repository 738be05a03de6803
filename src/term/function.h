/*
 * function: a term that is a function of the program that this is a library of.
 *
 * Its values at a group of integers are written to an array, and folded from there with vectors, so
 * a term costs little more than the call.
 */
#ifndef PARSUM_FUNCTION_H
#define PARSUM_FUNCTION_H

#include "exact/fold.h"
#include "exact/results.h"
#include "term/term.h"

#include <stddef.h>
#include <stdint.h>

/* One of the three is not NULL. Called by many threads at once. */
struct function_spec {
    double (*real)(int64_t i, void *context);
    int64_t (*integer)(int64_t i, void *context);
    void (*reals)(int64_t i, void *context, double *values);
    size_t count; /* of the values of `reals`, 1 to TERM_VALUES */
    void *context;
    const char *name; /* tells it from others, in a journal and in messages */
};

/* Hands over the values at n integers from `start` on: an enum term_trouble. */
struct gather;
typedef int function_group(const struct function_spec *spec, int64_t start, size_t n,
                           struct gather *to, struct term_place *at);

struct function {
    struct function_spec spec;
    function_group *group; /* of the kind of the function, */
    size_t most;           /* and how many integers it takes at a time */
    struct results results;
    enum fold_type types[TERM_VALUES];
};

/* Makes *term of it, for these results; valid as long as *function. */
void function_open(struct function *function, const struct function_spec *spec,
                   const struct reductions *reductions, struct term *term);

#endif
