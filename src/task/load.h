/*
 * load: opens the arrays that a run reads, and brings them into memory before the clock starts.
 */
#ifndef PARSUM_LOAD_H
#define PARSUM_LOAD_H

#include "base/control.h"
#include "base/error.h"
#include "jobs/data.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which arrays; what it points to must outlive the load. */
struct load_spec {
    const char *files[DATA_MAX]; /* each "NAME=FILE..." */
    size_t file_count;
    const struct data_given *given; /* and those that the program has in memory */
    size_t given_count;
    const char *segments; /* a file with the offsets of segments; NULL: none */
    /* Called for each array of a file, which is mapped from here on: one that becomes shorter then
       raises SIGBUS where it is read. NULL: nobody wants to know. */
    void (*mapped)(const struct data_array *array);
};

struct load {
    struct data data;
    double seconds;    /* that it took to bring them into memory */
    int64_t *offsets;  /* of segments; NULL: there are none */
    uint64_t segments; /* one less than offsets */
};

/*
 * Opens the arrays, and touches them with so many threads. With `digest` their digests are made,
 * too. The caller closes *load, also after a failure. STATUS_STOPPED if a stop was asked for.
 */
enum status load_open(struct load *load, const struct load_spec *spec, int threads, bool digest,
                      struct control *control) MUST_CHECK;

/* Reads the segments, if there are some. */
enum status load_segments(struct load *load, const struct load_spec *spec) MUST_CHECK;

/*
 * These jobs, or those of the segments, valid as long as *load. Where they leave it open, the first
 * array tells the end; and where there are `none`, all its indexes are one.
 */
struct job_spec load_jobs(const struct load *load, const struct job_spec *spec, bool none);

void load_close(struct load *load);

#endif
