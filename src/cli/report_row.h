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
bool report_row(const struct report *report, uint64_t run, const struct job *job,
                const union value *values);

/* The same for a key. */
bool report_row_key(const struct report *report, int64_t key, bool is_signed,
                    const union value *values);

/* The same for a hit, which lies in `job`. */
bool report_row_hit(const struct report *report, struct job job, const struct hit *hit);

/* Is there just one sum? Then JSON has it without a name. */
bool report_row_is_single(const struct report *report);

/* A result as text; false if there is none, of too few terms, and text then says so. */
bool report_row_value(const struct report *report, const union value *values, size_t which,
                      char text[EXACT_TEXT]);

/* Writes a JSON string, with its quotes. A write that fails shows in the stream. */
void report_row_string(const char *text);

#endif
