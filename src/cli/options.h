/*
 * options: the command line, parsed into one struct. No globals are left behind.
 */
#ifndef PARSUM_OPTIONS_H
#define PARSUM_OPTIONS_H

#include "base/error.h"
#include "task/task.h"

#include <stdbool.h>
#include <stdint.h>

enum options_action { ACTION_RUN, ACTION_HELP, ACTION_HELP_ALL, ACTION_VERSION };
enum options_format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_NPY };
enum options_progress { PROGRESS_AUTO, PROGRESS_ON, PROGRESS_OFF };

struct options {
    enum options_action action;
    struct task_spec task; /* what to run */
    bool mpi;              /* other ranks work too */
    bool quiet;
    bool stats;
    const char *trace;  /* NULL: none */
    const char *output; /* the file that takes the place of standard output; NULL: none */
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
