/*
 * report_npy: the rows of the jobs as one structured array of numpy's, of the columns that CSV has.
 * It is kept in memory, and written at the end of the run. Belongs to report.
 *
 * Integers are i8, reals f8, and texts as wide as the longest one. One thread.
 */
#ifndef PARSUM_REPORT_NPY_H
#define PARSUM_REPORT_NPY_H

#include "cli/report.h"

/* Keeps a row. A sum that 64 bits do not hold, or memory that is short, is STATUS_FAILED. */
enum status report_npy_row(const struct report *report, uint64_t run, struct job job,
                           const union value *values) MUST_CHECK;

/* Writes the array; false if a write fails. */
bool report_npy_write(const struct report *report);

/* Forgets the rows. */
void report_npy_clear(void);

#endif
