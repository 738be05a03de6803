/*
 * run: the rounds. A run fills its window with jobs, lets the team compute a round, settles what
 * came of it, and does so until there are no more jobs.
 */
#ifndef PARSUM_RUN_H
#define PARSUM_RUN_H

#include "base/diag.h"
#include "exact/exact.h"
#include "jobs/job.h"
#include "run/journal.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cluster/share.h"
#include "run/team.h"
#include "term/term.h"

#include <stdint.h>

/* What came of a run. */
struct result {
    struct exact total;
    uint64_t jobs;
    uint64_t terms;
    uint64_t terms_before; /* of them, those that were done when the run began: from the journal */
    uint64_t longest;      /* terms of the longest job */
    uint64_t digest; /* for --compare, of all jobs' sums, in order: it tells lists of sums apart */
    double seconds;
};

/*
 * An empty window for what a team works on in a round. A message and STATUS_FAILED if memory is
 * short.
 */
enum status run_window(struct window *window, const struct term *term,
                       const struct team *team) MUST_CHECK;

/*
 * Runs all jobs of `source` with `team`, and reports each as soon as it and all before it are
 * finished; `report` may be NULL. With `share` the other ranks work too, with a journal it goes on
 * where that was stopped; both may be NULL. Returns STATUS_STOPPED, and has said so, when a signal
 * (signals_stop) or options->stop_ns ended it. Jobs before a bad line are finished and reported
 * first.
 */
enum status run_jobs(const struct options *options, const struct term *term,
                     struct job_source *source, struct team *team, struct share *share,
                     struct report *report, struct journal *journal,
                     struct result *result) MUST_CHECK;

#endif
