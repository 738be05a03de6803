/*
 * job_given: jobs that a program hands over: an array of ranges, or a function that is called for
 * the next one. Belongs to job.
 */
#ifndef PARSUM_JOB_GIVEN_H
#define PARSUM_JOB_GIVEN_H

#include "base/error.h"
#include "jobs/columns.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stdint.h>

/* Checks what is given, and makes its columns. What `given` points to must outlive their use. */
enum status job_given_open(const struct job_given *given, struct columns *columns) MUST_CHECK;

/* As job_file_next; `at` is how many were handed out. */
enum status job_given_next(const struct job_given *given, const struct columns *columns,
                           uint64_t at, enum job_next *next, struct job *job) MUST_CHECK;

/* As job_source_total and job_source_range. */
uint64_t job_given_total(const struct job_given *given);
bool job_given_range(const struct job_given *given, int64_t *low, int64_t *high);

/* A digest of all of them; 0: they are known as they come. */
uint64_t job_given_digest(const struct job_given *given);

#endif
