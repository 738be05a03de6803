/*
 * verify: what keeps a wrong sum from being told: arithmetic, for the built-in term, and the faults
 * of a term. Each function leaves an error that says what is wrong, and returns its status.
 */
#ifndef PARSUM_VERIFY_H
#define PARSUM_VERIFY_H

#include "run/window.h"
#include "base/error.h"
#include "exact/exact.h"
#include "jobs/job.h"

#include <stdint.h>

/* Tells of a fault of a job in the window and the term; TERM_FINE is STATUS_OK. */
enum status verify_fault(const struct window *window, const struct term *term,
                         const struct chunk_fault *fault) MUST_CHECK;

/*
 * Holds the finished sums of *count jobs, numbered from `number` on, against what arithmetic says
 * of the built-in term, and adds what they must be to *expected_total. At a difference, which is
 * STATUS_UNVERIFIED, *count becomes the number of jobs before it.
 */
enum status verify_jobs(uint64_t number, const struct job *jobs, const union value *sums,
                        size_t *count, int128 *expected_total) MUST_CHECK;

/* The same for one job, where the sum is that of all jobs so far, this one too. */
enum status verify_so_far(struct job job, union value sum, int128 *expected_total) MUST_CHECK;

/* The sums of the jobs are verified; this holds the total, which was added up apart, against them.
 */
enum status verify_total(int128 total, int128 expected) MUST_CHECK;

#endif
