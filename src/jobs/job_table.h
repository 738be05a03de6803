/*
 * job_table: jobs as lines of a table whose header names its columns.
 *
 *     start,end,a,name
 *     0,1000,0.5,"wide, and long"
 *
 * Fields are parted by commas if the header has one, else by tabs, else by semicolons, else by
 * blanks. Blanks around a field do not count. A field in double quotes may hold what parts fields,
 * line breaks, and quotes, which are doubled (RFC 4180). A line that begins with # is a comment.
 * A row is refused with `place` ("FILE:LINE") and the column in the error.
 *
 * `start` and `end` are the range; what a table lacks of it is given from outside.
 */
#ifndef PARSUM_JOB_TABLE_H
#define PARSUM_JOB_TABLE_H

#include "base/error.h"
#include "jobs/columns.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
    char separator;
    size_t fields; /* in a row */
    struct {
        enum { TABLE_START, TABLE_END, TABLE_COLUMN } role;
        size_t column;
    } field[COLUMNS_MAX + 2];
    bool has_start, has_end;
    struct columns *columns;
};

/* Is the line a header, that is, has it a field that is no number? */
bool table_is_header(const char *line, size_t length);

/*
 * Reads a header into *table, and its columns into *columns, which must outlive it. STATUS_USAGE
 * with `place` ("FILE:LINE") if it is none.
 */
enum status table_header(struct table *table, struct columns *columns, char *line, size_t length,
                         const char *place) MUST_CHECK;

/* A row without fields: a blank line or a comment. */
bool table_is_blank(const char *line, size_t length);

/*
 * Where the row ends that begins at text[0]: at a line break that stands in no quotes, or at
 * `length`. *open says whether a quote is open there. Only a quote that begins a field opens one,
 * and a comment has none.
 */
size_t table_row_end(const char *text, size_t length, char separator, bool *open);

/*
 * Lets a row have its say in the types of the columns, and reads its range into *job; start and end
 * are given beforehand for what the table lacks. The text is changed.
 */
enum status table_see(const struct table *table, char *line, size_t length, const char *place,
                      struct job *job) MUST_CHECK;

/* Reads a row into *job in the same way, and its columns into a new job->row. */
enum status table_row(const struct table *table, char *line, size_t length, const char *place,
                      struct job *job) MUST_CHECK;

#endif
