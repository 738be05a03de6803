/*
 * data_header: what the first row of a text says: which column is read, and of which type it is.
 * Belongs to data.
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_DATA_HEADER_H
#define PARSUM_DATA_HEADER_H

#include "jobs/data_rows.h"

struct header {
    struct rows first;     /* the row in hand is the first one */
    bool is;               /* it has the names of the columns, and no numbers that count */
    size_t fields;         /* of each row */
    size_t column;         /* the one that is read, from 0 */
    enum column_type type; /* which it is called; COLUMN_OPEN: its fields decide */
};

/*
 * Reads the first row, which *rows has in hand, and goes on to the next one if that is a header.
 * `column` is the name or number of what is read, NULL: there is but one column.
 */
enum status header_read(struct header *header, struct rows *rows, const char *column) MUST_CHECK;

/* What a column is called, in quotes and without its type, or its number. Returns `text`. */
const char *header_name(const struct header *header, size_t column, char text[ERROR_QUOTED]);

#endif
