/*
 * run: the rounds. A run fills its window with jobs, lets the engine compute a round, tells what
 * came of it, and does so until there are no more jobs.
 */
#ifndef PARSUM_RUN_H
#define PARSUM_RUN_H

#include "base/control.h"
#include "base/error.h"
#include "exact/sums.h"
#include "jobs/job.h"
#include "run/engine.h"
#include "run/journal.h"
#include "term/term.h"

#include <stdbool.h>
#include <stdint.h>

/* Who hears of a run as it goes, in the thread that called it. Members may be NULL. */
struct run_listener {
    void *context;                                                       /* passed to all of them */
    void (*begin)(void *context, uint64_t terms, uint64_t terms_before); /* terms 0: not known */
    void (*before_jobs)(void *context);                                  /* that are finished */
    /* A job is finished; `values` are its results (results_slots). */
    enum status (*job)(void *context, uint64_t number, const struct job *job,
                       const union value *values);
    enum status (*hit)(void *context, struct job job, const struct hit *hit); /* of a list */
    enum status (*flush)(void *context); /* what was told should now be seen */
    void (*progress)(void *context, uint64_t terms, uint64_t hits);
    void (*asked)(void *context, uint64_t terms_all, uint64_t terms,
                  uint64_t hits); /* a checkpoint was */
    void (*end)(void *context);
};

/* What to run. All that it points to must outlive the run. */
struct run_spec {
    const struct term *term;
    struct job_source *source;
    struct engine *engine;
    struct journal *journal; /* to go on from, and to keep; NULL: none */
    struct control *control;
    const struct run_listener *listener;
    uint64_t grain;   /* terms in a chunk, or GRAIN_JOB; 0: as the clock says */
    uint64_t stop_ns; /* when to stop (clock_ns); 0: never */
    bool digest;      /* make a digest of the jobs' sums */
    bool cumulative;  /* a job's results are those of all jobs so far */
    size_t most_keys; /* in a table, if the term is keyed */
    uint64_t first;   /* of a list: end once so many hits are told; 0: tell all */
};

/* What came of it. */
struct result {
    struct sums *total; /* memory of its own */
    struct table table; /* of a term that is keyed: all of it once the run has ended */
    uint64_t hits;      /* of a list: that were told */
    uint64_t jobs;
    uint64_t terms;
    uint64_t terms_before; /* of them, those that were done when the run began: from the journal */
    uint64_t longest;      /* terms of the longest job */
    uint64_t digest;       /* of all jobs' sums, in order: it tells lists of sums apart */
    double seconds;
    struct fault fault; /* that ended the run, in a term of */
    uint64_t fault_job; /* this job; TERM_FINE: none did */
};

/*
 * An empty window for what `threads` threads work on in a round. STATUS_FAILED if memory is short.
 */
enum status run_window(struct window *window, const struct term *term, int threads,
                       bool cumulative) MUST_CHECK;

/*
 * Runs all jobs, and tells of each as soon as it and all before it are finished. With a journal it
 * goes on where that was stopped. STATUS_STOPPED, without an error, when a stop was asked for or
 * the time was over. Jobs before a bad line are finished and told first.
 */
enum status run_jobs(const struct run_spec *spec, struct result *result) MUST_CHECK;

/* Frees what the result owns; {0} is allowed. */
void result_clear(struct result *result);

#endif
