/*
 * report_row: the row of a job, in each of the formats.
 */
#ifndef PARSUM_REPORT_ROW_H
#define PARSUM_REPORT_ROW_H

#include "cli/report.h"

#include <stdbool.h>

/* Writes the header of a table; false if that fails. */
bool report_row_header(const struct report *report);

/* Writes the row of job `run`; false if that fails. */
bool report_row(const struct report *report, uint64_t run, struct job job,
                const union value *values);

/* Writes a JSON string, with its quotes. A write that fails shows in the stream. */
void report_row_string(const char *text);

#endif
