/* parsum_result: what came of a run, kept for the caller of the library. */
#ifndef PARSUM_RESULT_H
#define PARSUM_RESULT_H

#include "base/error.h"
#include "exact/results.h"
#include "parsum.h"
#include "task/names.h"
#include "term/term.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row belongs to. */
struct belongs {
    uint64_t number; /* of its job; 0: it is a key */
    struct parsum_job range;
    int64_t at; /* the key, or the i of a hit */
};

struct parsum_result {
    const struct results *results; /* as long as the run goes on */
    size_t count, slots;
    enum exact_kind *kinds; /* of the results */
    char (*names)[RESULT_NAME];
    struct parsum_value *totals;
    size_t rows, room;
    uint64_t *numbers; /* of each row; */
    struct parsum_job *ranges;
    int64_t *at;
    struct parsum_value *values; /* `count` of each row */
    void **arrays;               /* of each result: double, or int64_t; NULL: they don't fit */
    struct parsum_summary summary;
};

/* An empty one, for what the term's jobs, keys or hits have. NULL leaves an error. */
struct parsum_result *result_new(const struct term *term);

/* The results of a job or key as values; of a hit the value alone. */
void result_values(const struct results *results, size_t count, const union value *from,
                   struct parsum_value *values);
struct parsum_value result_value(enum exact_kind kind, union value value);

/* Adds a row; false if memory is short. */
bool result_add(struct parsum_result *result, const struct belongs *belongs,
                const struct parsum_value *values);

/* Makes the arrays, after the last row. */
enum status result_end(struct parsum_result *result) MUST_CHECK;

#endif
