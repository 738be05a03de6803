/*
 * load: opens the arrays that a run reads (--data, --segments), and brings them into memory before
 * the clock starts.
 */
#ifndef PARSUM_LOAD_H
#define PARSUM_LOAD_H

#include "cli/options.h"
#include "jobs/data.h"
#include "jobs/job.h"

struct load {
    struct data data;
    double seconds;    /* that it took to bring them into memory */
    int64_t *offsets;  /* of segments; NULL: there are none */
    uint64_t segments; /* one less than offsets */
};

/*
 * Opens the arrays, and touches them with as many threads as the run will have. With `digest` their
 * digests are made, too. The caller closes *load, also after a failure. STATUS_STOPPED if a stop
 * was asked for. A file that becomes shorter while it is mapped ends the program with a line that
 * names it.
 */
enum status load_open(struct load *load, const struct options *options, bool digest) MUST_CHECK;

/* Reads the segments, if the options name some. */
enum status load_segments(struct load *load, const struct options *options) MUST_CHECK;

/*
 * The jobs that the options tell of, valid as long as *load. Where they leave it open, the first
 * array tells the end.
 */
struct job_spec load_jobs(const struct load *load, const struct options *options);

void load_close(struct load *load);

#endif
