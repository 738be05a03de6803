/*
 * job_range: jobs as lines of numbers: END, START END or START,END.
 *
 * Blanks around numbers do not count, and neither does what follows a #. `start` is the start of a
 * job that is given by its end alone.
 */
#ifndef PARSUM_JOB_RANGE_H
#define PARSUM_JOB_RANGE_H

#include "base/error.h"
#include "jobs/job.h"
#include "jobs/job_lines.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The fast way: takes lines from the buffer as long as they hold nothing but digits, parted by one
 * byte if there are two numbers, and the batch has room. Returns whether it still has. What is left
 * is for range_next: any other line, and what is still to be read.
 */
bool range_take(struct lines *lines, int64_t start, struct job_batch *batch);

/* The next job, whatever its line looks like; otherwise as lines_next. */
enum status range_next(struct lines *lines, int64_t start, bool wait, enum job_next *next,
                       struct job *job) MUST_CHECK;

#endif
