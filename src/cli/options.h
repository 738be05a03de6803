/*
 * options: the command line, parsed into one struct. No globals are left behind.
 */
#ifndef PARSUM_OPTIONS_H
#define PARSUM_OPTIONS_H

#include "base/error.h"
#include "jobs/job.h"
#include "term/spec.h"

#include <stdbool.h>
#include <stdint.h>

enum options_action { ACTION_RUN, ACTION_HELP, ACTION_HELP_ALL, ACTION_VERSION };
enum options_format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_NPY };
enum options_progress { PROGRESS_AUTO, PROGRESS_ON, PROGRESS_OFF };

struct options {
    enum options_action action;
    struct job_spec jobs;
    bool jobs_random;           /* no job was given: the generator's are run */
    const char *data[DATA_MAX]; /* arrays, each "NAME=FILE..." */
    size_t data_count;
    const char *segments;         /* NULL: none */
    struct term_spec term;        /* neither an expression nor a file: the built-in one */
    bool save_only;               /* no job was asked for: the term is just saved */
    struct reductions reductions; /* what is made of each value; none was given: sums */
    const char *by;               /* the expression of the key; NULL: none */
    int64_t max_keys;
    const char *list; /* the expression that is looked for; NULL: none */
    int64_t first;    /* so many hits are wanted; 0: all */
    bool cumulative;
    int threads; /* 0: OpenMP's own rules */
    bool serial;
    bool mpi;       /* other ranks work too */
    uint64_t grain; /* 0: the program chooses; GRAIN_JOB: whole jobs */
    bool compare;
    bool quiet;
    bool stats;
    const char *trace;   /* NULL: none */
    const char *journal; /* NULL: none */
    uint64_t stop_ns;    /* when to stop, in the time of clock_ns; 0: when all is done */
    const char *output;  /* the file that takes the place of standard output; NULL: none */
    enum options_format format;
    enum options_progress progress;
};

/*
 * Parses argv. Strings in *options point into argv. A bad one is STATUS_USAGE.
 * Not thread-safe (getopt_long).
 */
enum status options_parse(struct options *options, int argc, char **argv) MUST_CHECK;

/* Is --mpi among the arguments, as a word of its own? So that MPI can begin before they are parsed.
 */
bool options_want_mpi(int argc, char **argv);

/* Prints the common options, or all of them, to standard output; report_help flushes it. */
void options_help(bool all);

#endif
