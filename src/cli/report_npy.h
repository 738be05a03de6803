/*
 * report_npy: the rows of the jobs, or of the keys, as one structured array of numpy's, of the
 * columns that CSV has. Belongs to report.
 *
 * The length of the array stands at its start. So it is kept in memory and written at the end of
 * the run, but where the file can be changed until then: there rows are written as they come, as
 * long as they have no texts, whose width stands at the start, too.
 *
 * Integers are i8, reals f8, and texts as wide as the longest one. One thread.
 */
#ifndef PARSUM_REPORT_NPY_H
#define PARSUM_REPORT_NPY_H

#include "cli/report.h"

/*
 * Keeps or writes a row. A result that 64 bits do not hold, an integer that there is none of, as
 * the least of no terms, or memory that is short, is STATUS_FAILED.
 */
enum status report_npy_row(const struct report *report, uint64_t run, const struct job *job,
                           const union value *values) MUST_CHECK;

/* The same for a key. */
enum status report_npy_key(const struct report *report, int64_t key, bool is_signed,
                           const union value *values) MUST_CHECK;

/* Writes the array, or what is left of it. */
enum status report_npy_write(const struct report *report) MUST_CHECK;

/* Forgets the rows. */
void report_npy_clear(void);

#endif
