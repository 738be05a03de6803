/*
 * job_file: jobs from a file or pipe, one a line, read as the run goes.
 *
 * A line is END, START END or START,END, and ends with LF, CR or CR LF; what follows a # is a
 * comment; blank lines do not count. If the first line that counts has a field that is no number,
 * it is the header of a table (job_table.h).
 */
#ifndef PARSUM_JOB_FILE_H
#define PARSUM_JOB_FILE_H

#include "base/error.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stdint.h>

struct job_file;

/* Opens spec->input, "-" is standard input. The spec must outlive it. */
enum status job_file_open(struct job_file **opened, const struct job_spec *spec) MUST_CHECK;

/* What is known of the jobs in advance. */
struct job_file_ahead {
    bool known;
    uint64_t terms;    /* of all jobs; 0 if that is more than 64 bits hold */
    int64_t low, high; /* all integers lie in [low, high); low < high */
};
struct job_file_ahead job_file_ahead(const struct job_file *file);

/* The fast way: takes jobs that lie in the buffer. Has the batch room for more? Another job, and
   what is to be read, is for job_file_next. */
bool job_file_take(struct job_file *file, struct job_batch *batch);

/* The next job, whatever its line looks like; otherwise as job_source_read. */
enum status job_file_next(struct job_file *file, bool wait, enum job_next *next,
                          struct job *job) MUST_CHECK;

/* As job_source_prepare, _columns, _rewind, _keep, _place and _close. */
enum status job_file_prepare(struct job_file *file, struct control *control) MUST_CHECK;
const struct columns *job_file_columns(const struct job_file *file);
enum status job_file_rewind(struct job_file *file) MUST_CHECK;
enum status job_file_keep(struct job_file *file) MUST_CHECK;
const char *job_file_place(struct job_file *file);
void job_file_close(struct job_file *file);

#endif
