/*
 * gather: what becomes of the values that a compiled term hands over: they are folded into what is
 * made of them, or into a table by key, or are hits of a list where they are not 0.
 *
 * Thread-safe as long as no two threads use one struct.
 */
#ifndef PARSUM_GATHER_H
#define PARSUM_GATHER_H

#include "exact/fold.h"
#include "exact/results.h"
#include "exact/table.h"
#include "term/hits.h"
#include "term/inside/term_abi.h"

#include <stddef.h>
#include <stdint.h>

/* What a call of a term's `gather` is given as `to`. */
struct gather {
    const struct results *results;
    const enum fold_type *types; /* of the values */
    struct fold_window *windows; /* of the values, if they go to sums */
    int64_t run;
    struct sums *sums;   /* where they go, or NULL, and then */
    struct table *table; /* there: by the value after the last one, the key; or NULL, and then */
    struct hits *hits;   /* there, if they are hits */
};

/* The fold_type of a value's type, which can be summed. */
enum fold_type gather_type(enum term_type type);

/* A term_take. */
int gather_take(void *to, int64_t start, size_t n, const void *const *x, struct term_place *at);

#endif
