/*
 * report: what the run says, as text, CSV, JSON or an array. The only one who writes to output; the
 * text of --help comes from options.
 *
 * Standard output is the same to the byte for every thread count and grain, times aside. A write
 * that fails is STATUS_FAILED; see output.h for a reader that leaves. One thread.
 */
#ifndef PARSUM_REPORT_H
#define PARSUM_REPORT_H

#include "base/error.h"
#include "exact/results.h"
#include "jobs/job.h"
#include "cli/options.h"
#include "run/engine.h"
#include "task/names.h"
#include "term/term.h"

#include <stdbool.h>
#include <stdint.h>

struct report {
    enum options_format format;
    bool quiet;
    bool stats;
    bool to_file;                  /* not to standard output */
    const struct results *results; /* of each job, or of each key */
    size_t count;                  /* of those that are shown: the first ones */
    bool keyed;                    /* rows are keys */
    bool listed;                   /* rows are hits of a list, */
    enum exact_kind hit_kind;      /* which are such */
    const struct columns *columns; /* of the jobs */
    size_t label;                  /* the column that takes the place of the run number, or count */
    uint64_t jobs;                 /* rows written */
    const char (*names)[RESULT_NAME]; /* of the results, as the output has them */
};

/* What there is to tell when the run is over. */
struct summary {
    const union value *totals; /* the results of the whole (results_slots) */
    const int64_t *runs;       /* in which an argmin or argmax lies; else 0 */
    uint64_t terms;
    uint64_t terms_before; /* of them, those that an earlier run did: they took none of the time */
    uint64_t longest;      /* terms of the longest job */
    double seconds;
    const struct engine *engine;
    const struct engine_thread *threads; /* what each of its threads has done */
    int ranks;                           /* 0: no MPI */
    const struct term *term;
    bool has_seed;
    int64_t seed;
    bool compared;         /* there was a serial run of the same jobs before */
    double serial_seconds; /* its time */
    bool skips;            /* NaN were left out, */
    uint64_t skipped;      /* so many */
    bool has_data;
    double data_seconds; /* before the run, to bring them into memory */
};

/* The term and the columns must outlive it. */
enum status report_begin(struct report *report, const struct options *options,
                         const struct term *term, const struct columns *columns) MUST_CHECK;
enum status report_job(struct report *report, uint64_t run, const struct job *job,
                       const union value *values) MUST_CHECK;
/* The same for a key, in the order of keys. */
enum status report_key(struct report *report, int64_t key, bool is_signed,
                       const union value *values) MUST_CHECK;
/* The same for a hit of a list, which lies in `job`. */
enum status report_hit(struct report *report, struct job job, const struct hit *hit) MUST_CHECK;
/* Makes what was reported so far visible to the reader. */
enum status report_flush(void) MUST_CHECK;
enum status report_end(struct report *report, const struct summary *summary) MUST_CHECK;
/* In place of report_end where the run ends with `status`: JSON says why, in the text of the error.
 */
enum status report_failure(struct report *report, enum status status) MUST_CHECK;

/* What --help (or --help=all) and --version print. */
enum status report_help(bool all) MUST_CHECK;
enum status report_version(void) MUST_CHECK;

#endif
