/*
 * data_text: a column of numbers in a table: CSV, TSV, or words parted by blanks. Belongs to data.
 *
 * The rules are those of tables of jobs (job_table): what parts fields, headers, quotes, comments,
 * how many fields a row has, and which type a column has: integers (i8) or reals (f8).
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_DATA_TEXT_H
#define PARSUM_DATA_TEXT_H

#include "jobs/data.h"

/*
 * Reads the column of the text. `column` is its name or number, NULL: there is but one. On
 * STATUS_OK the caller frees *made. A field that is no number, or not of the type that the header
 * gives, is STATUS_USAGE, with "PLACE:LINE" in the error, and so is a row with more or fewer fields
 * than the first one.
 */
enum status text_read(const char *text, size_t size, const char *column, const char *place,
                      struct shape *shape, void **made) MUST_CHECK;

#endif
