/*
 * run_resume: a run in its middle, and how it is kept in a journal and goes on from there. Belongs
 * to run.
 */
#ifndef PARSUM_RUN_RESUME_H
#define PARSUM_RUN_RESUME_H

#include "run/pace.h"
#include "run/run.h"

#include <stdbool.h>
#include <stdint.h>

struct run {
    struct run_spec spec;
    struct result *result;
    struct window window;
    struct pace pace;
    bool source_ended;
    enum status source_status; /* why it ended, and */
    char *source_error;        /* its error, which counts once the jobs before are finished */
    int128 expected;           /* what the built-in term's total must be */
    struct sums *so_far;       /* of all finished jobs, where results are cumulative; else NULL */
    bool resuming;             /* jobs come from the journal, with their results */
    uint64_t start_ns;
    bool checks_told;
    uint64_t settled_hits;          /* of a list, those that were not asked for among them */
    uint64_t kept_jobs, kept_terms; /* where the run stood at the last checkpoint */
};

/* Tells the listener, if it wants to know. */
#define TELL(run, what, ...)                                                                       \
    do {                                                                                           \
        const struct run_listener *const listener = (run)->spec.listener;                          \
        if (listener->what)                                                                        \
            listener->what(listener->context, ##__VA_ARGS__);                                      \
    } while (0)

static inline bool run_idle(const struct run *run)
{
    return run->window.first == run->window.count;
}

/* What run.c offers to run_resume.c. */
enum status run_flush(struct run *run);
bool run_out_of_time(const struct run *run);
void run_read_jobs(struct run *run, bool wait, size_t most, uint64_t terms, enum job_next *next);
enum status run_end_at_source(const struct run *run);
/* Checks the jobs before jobs[end], which are finished, and tells of them. */
enum status run_finish_jobs(struct run *run, size_t end);

/* What run_hits.c has, for a term that is a list: */
/* are the first hits known that were asked for? */
bool run_has_enough(const struct run *run);
/* a grain that bounds the hits of a chunk, */
uint64_t run_list_grain(const struct run *run, uint64_t grain);
/* after how many hits the next round may end, */
void run_want_hits(struct run *run);
/* and tells of a hit, or of all in the settled part, unless those asked for are told. */
enum status run_tell_hit(struct run *run, const struct hit *hit);
enum status run_tell_hits(struct run *run);

/* And what run_resume.c has: all that was added up by key so far is moved to the result's table, */
enum status run_collect(struct run *run);
/* makes durable where the run stands, unless it stands where it stood, */
enum status run_checkpoint(struct run *run);
/* and brings it to where the journal says it was stopped; finished jobs are reported again. */
enum status run_resume(struct run *run);

#endif
