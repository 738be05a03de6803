/*
 * job: where jobs come from: the command line, a random generator, segments, a file or pipe that is
 * read as the run goes, or the program that this is a library of.
 *
 * A job is a half-open range of integers [start, end), and may carry columns: named numbers and
 * texts of its own. One that a user gives must not run
 * backwards, with end < start; a random one may, and is empty: its sum is 0. A job's run number is
 * its place in the list, from 1.
 */
#ifndef PARSUM_JOB_H
#define PARSUM_JOB_H

#include "base/control.h"
#include "base/error.h"
#include "jobs/columns.h"

#include <stdbool.h>
#include <stdint.h>

/* The most terms in a run, so that the sum of 64-bit terms fits in 128 bits. */
#define RUN_TERMS_MAX ((uint64_t)INT64_MAX)

struct job {
    int64_t start;
    int64_t end;
    struct row *row; /* its columns; NULL: the jobs have none */
};

/* How numbers are written, as the end of a message about a job: "1,000" is a range that runs
 * backwards. */
#define JOB_NUMBERS "a thousand is 1000, 1_000 or 1e3"

/* How many terms the job has: 0 to 2^64-1. */
static inline uint64_t job_terms(struct job job)
{
    return job.end > job.start ? (uint64_t)job.end - (uint64_t)job.start : 0;
}

/* A column of jobs that a program hands over. */
struct job_column {
    const char *name;
    bool real;           /* or integers */
    const void *numbers; /* int64_t or double, of each job; NULL where a function has them */
};

/* Jobs that a program hands over: all of them in arrays, or one by one. */
struct job_given {
    const int64_t *bounds; /* the start and the end of each job */
    uint64_t count;
    /* In place of them, unless it is NULL: the next job, and its columns; false: there are no more.
       Called by the thread that runs the run. */
    bool (*next)(void *context, int64_t bounds[2], union number *columns);
    void *context;
    const struct job_column *columns;
    size_t column_count;
};

/* Which jobs; the strings must outlive the source. */
struct job_spec {
    const struct job_given *given; /* NULL: none; or */
    char *const *arguments;        /* JOB arguments, argument_count of them; or */
    int argument_count;
    const char *input; /* the file to read, "-" is standard input; or */
    int64_t random;    /* how many random jobs */
    int64_t below;     /* their ends lie in [0, below), below > 0 */
    int64_t seed;
    int64_t start; /* first integer of a job that is given by its end alone */
    int64_t end;   /* the end of a job that has none, if */
    bool has_end;
    const int64_t
        *offsets;      /* of segments, in order: job k is [offsets[k-1], offsets[k]). NULL: none */
    uint64_t segments; /* how many; a file then is a table that has their columns */
    uint64_t stop_ns;  /* until when job_source_prepare waits (clock_ns); 0: for ever */
};

enum job_next {
    JOB_READ,    /* here is one */
    JOB_NOT_YET, /* none has arrived so far */
    JOB_END,     /* there are no more */
};

struct job_source;

/* Opens the source, checks all arguments. On STATUS_OK the caller owns *opened. */
enum status job_source_open(struct job_source **opened, const struct job_spec *spec) MUST_CHECK;

/*
 * Reads ahead as far as it must to know the columns: a regular file with a header to its end, a
 * pipe to its first row. Waits for input; STATUS_STOPPED if a stop is asked for or the time is
 * over. Once, before the first job is read.
 */
enum status job_source_prepare(struct job_source *source, struct control *control) MUST_CHECK;

/* The columns of all its jobs; of none the count is 0. Valid as long as the source. */
const struct columns *job_source_columns(const struct job_source *source);

/* Jobs that are read at once, as a call for each would cost as much as a tiny job does. */
struct job_batch {
    struct job *jobs; /* room for them, of the caller */
    size_t room;      /* how many there may be, */
    uint64_t terms;   /* and a job is the last one if with it they have so many terms */
    size_t count;     /* how many were read */
};

/*
 * Reads the next jobs, those that have arrived and for which the batch has room; their rows are the
 * caller's to free. JOB_READ if that is at least one. With `wait` it blocks until there is
 * something to say, but comes back with JOB_NOT_YET about five times a second and at a signal. A
 * bad line is STATUS_USAGE, a failed read STATUS_FAILED, both with an error; the jobs before it
 * count.
 */
enum status job_source_read(struct job_source *source, bool wait, enum job_next *next,
                            struct job_batch *batch) MUST_CHECK;

/* Counts the job that was put behind the others; is there room for one more? For sources. */
static inline bool job_batch_count(struct job_batch *batch)
{
    const uint64_t terms = job_terms(batch->jobs[batch->count++]);
    const bool enough = terms >= batch->terms;
    batch->terms -= enough ? batch->terms : terms;
    return !enough && batch->count < batch->room;
}

/*
 * Goes back to the first job. What came from a pipe is gone, unless job_source_keep was called
 * before the first job was read.
 */
enum status job_source_rewind(struct job_source *source) MUST_CHECK;

/* Keeps a copy of what is read from a pipe in a temporary file, so that it can be rewound. */
enum status job_source_keep(struct job_source *source) MUST_CHECK;

/*
 * Where the job that was read last stands, for messages: "FILE:LINE", "job 3", "random job 7".
 * Valid until the next call.
 */
const char *job_source_place(struct job_source *source);

/*
 * What tells the jobs of one run from those of another before they are read; of a file or pipe that
 * is nothing. Valid as long as the source.
 */
const char *job_source_describe(struct job_source *source);

/* How many terms there are in all, or 0 where that is not known in advance. */
uint64_t job_source_total(const struct job_source *source);

/* Is it known in advance that all integers of all jobs lie in [*low, *high)? Then *low < *high. */
bool job_source_range(const struct job_source *source, int64_t *low, int64_t *high);

void job_source_close(struct job_source *source);

#endif
