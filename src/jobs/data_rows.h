/*
 * data_rows: the rows and fields of a text in memory that need have no end. Belongs to data.
 *
 * The rules are those of tables of jobs (job_table), but that a quote within a field is a character
 * as others are.
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_DATA_ROWS_H
#define PARSUM_DATA_ROWS_H

#include "base/error.h"
#include "jobs/columns.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct rows {
    const char *place; /* of the text, in errors */
    const char *begin, *at, *end;
    const char *bad; /* a field whose quotes are wrong; NULL: all were right */
    char separator;  /* ' ': blanks */
    bool more;       /* the row in hand has more fields */
};

/* Finds the first row of a text, and in it what parts fields. False if there is none. */
bool rows_begin(struct rows *rows, const char *text, size_t size, const char *place);

/* Finds the next row: neither an empty line nor a comment. False if there is none. */
bool rows_next(struct rows *rows);

/* Takes the next field of the row in hand, which must have more. */
struct field rows_field(struct rows *rows);

/* Goes to the end of the row, and returns how many fields were left. */
size_t rows_skip(struct rows *rows);

/* The line that `at` is on: "PLACE:LINE". Returns `text`. */
enum { ROWS_PLACE = PATH_MAX + 128 };
const char *rows_place(const struct rows *rows, const char *at, char text[ROWS_PLACE]);

/* Refuses a field with its line; `what` is wrong with it, and what to do. */
enum status rows_refuse(const struct rows *rows, struct field field, const char *what) MUST_CHECK;

/* Refuses the field `bad`. */
enum status rows_refuse_quotes(const struct rows *rows) MUST_CHECK;

#endif
