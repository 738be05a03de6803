/*
 * job_file: jobs from a file or pipe, one a line, read as the run goes.
 *
 * A line is END, START END or START,END, and ends with LF, CR or CR LF; what follows a # is a
 * comment; blank lines do not count.
 */
#ifndef PARSUM_JOB_FILE_H
#define PARSUM_JOB_FILE_H

#include "base/error.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stdint.h>

/* The longest line, in bytes, with its end. */
enum { JOB_LINE_MAX = 65536 };

struct job_file;

/* Opens `path`, "-" is standard input; `start` is the first integer of a job given by END alone. */
enum status job_file_open(struct job_file **opened, const char *path, int64_t start) MUST_CHECK;

/* As job_source_next, _rewind, _keep, _place and _close. */
enum status job_file_next(struct job_file *file, bool wait, enum job_next *next,
                          struct job *job) MUST_CHECK;
enum status job_file_rewind(struct job_file *file) MUST_CHECK;
enum status job_file_keep(struct job_file *file) MUST_CHECK;
const char *job_file_place(struct job_file *file);
void job_file_close(struct job_file *file);

#endif
