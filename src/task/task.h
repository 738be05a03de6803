/*
 * task: a whole run, from jobs, a term and data to results. The program and the library are both
 * built on it: what is printed, and who computes (a team, ranks), is their affair.
 */
#ifndef PARSUM_TASK_H
#define PARSUM_TASK_H

#include "base/control.h"
#include "base/error.h"
#include "jobs/job.h"
#include "run/engine.h"
#include "run/journal.h"
#include "run/run.h"
#include "task/load.h"
#include "term/function.h"
#include "term/spec.h"
#include "term/term.h"

#include <stdbool.h>
#include <stdint.h>

/* What to run. All that it points to must outlive the task. */
struct task_spec {
    struct job_spec jobs;
    bool jobs_random; /* no job was given: the generator's are run */
    struct load_spec load;
    struct term_spec term;                /* neither an expression nor a file: the built-in one, */
    const struct function_spec *function; /* or this; NULL: none */
    struct reductions reductions;         /* what is made of each value; none was given: sums */
    const char *by;                       /* the expression of the key; NULL: none */
    int64_t max_keys;
    const char *list; /* the expression that is looked for; NULL: none */
    int64_t first;    /* so many hits are wanted; 0: all */
    bool cumulative;
    bool save_only; /* no job was asked for: the term is just saved */
    int threads;    /* 0: OpenMP's own rules */
    bool serial;
    uint64_t grain; /* 0: the program chooses; GRAIN_JOB: whole jobs */
    bool compare;
    const char *journal; /* NULL: none */
    uint64_t stop_ns;    /* when to stop, in the time of clock_ns; 0: when all is done */
};

struct task {
    const struct task_spec *spec;
    struct control *control;
    struct load load; /* the arrays that the run reads */
    struct job_source *source;
    struct term_compiled *compiled;
    struct function *function;    /* of the program that this is a library of; NULL: none */
    struct reductions reductions; /* that the term was opened with */
    struct term term;
    bool in_term; /* the term is being opened, or that has failed */
    struct journal *journal;
};

/*
 * Opens all that the run needs: data, jobs, term, journal. With `digest` digests of the data are
 * made, for other processes. Opens nothing to run where the term is just saved. The caller closes
 * the task, also after a failure.
 */
enum status task_open(struct task *task, const struct task_spec *spec, struct control *control,
                      bool digest) MUST_CHECK;

/* The threads that a run of one process starts with, as far as the spec tells. */
int task_threads(const struct task_spec *spec);

/* The results of each job, or of each key, without the count of values that were left out. */
const struct results *task_results(const struct term *term, size_t *count);

/*
 * Runs the jobs with the engine. To compare, it does so twice: *serial is what came of the first
 * run, on one thread, which `listener` hears, and `second` hears of the other; sums that differ are
 * STATUS_UNVERIFIED. Else *serial stays empty, and `second` is not called. The caller clears both
 * results.
 */
enum status task_run(struct task *task, struct engine *engine, const struct run_listener *listener,
                     const struct run_listener *second, struct result *serial,
                     struct result *result) MUST_CHECK;

/* Hears of each key, in order, with its results. */
typedef enum status task_key(void *context, int64_t key, const union value *values);

/*
 * The results of the whole, into `totals` (results_slots of task_results), and the runs in which an
 * argmin or argmax lies, else 0, into `runs`; tells of the keys before.
 */
enum status task_finish(const struct term *term, const struct result *result, task_key *key,
                        void *context, union value *totals, int64_t *runs) MUST_CHECK;

/* May NaN be left out, and how many were, by the totals of task_finish? */
bool task_skips(const struct term *term);
uint64_t task_skipped(const struct term *term, const union value *totals);

/* Closes the journal; task_close does so, too, if it is open. */
enum status task_close_journal(struct task *task) MUST_CHECK;
enum status task_close(struct task *task) MUST_CHECK;

#endif
