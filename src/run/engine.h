/*
 * engine: who computes the rounds of a run: a team of threads, or ranks that have a team each.
 *
 * A run knows no more of it than this. Whoever makes an engine puts the struct first in its own.
 */
#ifndef PARSUM_ENGINE_H
#define PARSUM_ENGINE_H

#include "base/error.h"
#include "exact/sums.h"
#include "exact/table.h"
#include "run/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a run wants of a round. */
struct order {
    uint64_t terms;    /* the window's first ones that are not done; 0: only listen to the others */
    uint64_t grain;    /* terms in a chunk, or GRAIN_JOB */
    uint64_t limit_ns; /* how long it may last, but for the chunks in hand; 0: until it is done */
};

/* What came of it. */
struct outcome {
    uint64_t busy_ns; /* sum over the threads */
    uint64_t terms;
    struct chunk_fault fault; /* the first one in the order of positions; all before it is done */
    bool misfit;              /* a sum does not fit its type: that of */
    size_t misfit_job;        /* this job of the window; all before it is settled */
};

/* What one thread has done in the whole run. */
struct engine_thread {
    uint64_t busy_ns; /* time spent in chunks */
    uint64_t terms;
};

/* What came of a table, as a status with its error. */
static inline enum status engine_table_status(enum table_status status, size_t most)
{
    if (status == TABLE_FULL)
        return error_set(STATUS_FAILED,
                         "there are more keys (--by) than --max-keys, %zu; allow more, or make "
                         "fewer keys",
                         most);
    return status == TABLE_FINE
               ? STATUS_OK
               : error_set(STATUS_FAILED, "memory is short for so many keys (--by); "
                                          "make fewer keys");
}

struct engine {
    int threads;     /* all together */
    int own_threads; /* of this process */
    int parts;       /* how many ranks there are; 1 for a team */
    bool serial;     /* the one thread has no team */

    /* Terms that are done but not settled. */
    uint64_t (*ahead)(const struct engine *engine);

    /* A round. What can be settled is settled in the window, and added to *total. */
    enum status (*round)(struct engine *engine, struct window *window, const struct order *order,
                         struct sums *total, struct outcome *outcome);

    /*
     * Between rounds, of a term that is keyed: moves all that was added up by key since the last
     * call into *into. Nothing may be ahead.
     */
    enum status (*collect)(struct engine *engine, struct table *into);

    /* Between rounds: writes down what was noted of them (a trace). */
    enum status (*flush)(struct engine *engine);

    /*
     * After the last round, whatever came of it: ends all parts with `status`, and tells what each
     * thread has done, in a new array of `threads` that the caller frees. NULL if memory is short.
     */
    enum status (*end)(struct engine *engine, enum status status, struct engine_thread **threads);
};

#endif
