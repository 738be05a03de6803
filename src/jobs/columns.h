/*
 * columns: what jobs carry beside their range: named numbers and texts.
 *
 *     start,end,a,name          columns "a" (real) and "name" (text)
 *     0,1000,0.5,wide           a row: numbers {0.5}, texts "0.5" "wide"
 *
 * A column is an integer (int64_t), a real (double) or a text. Its type is given with its name
 * (a:int, a:real, name:text), or follows from its fields: whole numbers without a point are
 * integers, a point anywhere makes them real, and anything that is no number makes them texts.
 */
#ifndef PARSUM_COLUMNS_H
#define PARSUM_COLUMNS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COLUMNS_MAX = 256 };

enum column_type {
    COLUMN_OPEN, /* no field has been seen */
    COLUMN_INTEGER,
    COLUMN_REAL,
    COLUMN_TEXT,
};

struct column {
    char *name;
    enum column_type type;
    bool given; /* the type was given with the name */
    int64_t low,
        high;      /* COLUMN_INTEGER: its values, as far as they were seen, lie in [low, high] */
    size_t number; /* integers and reals: which of a row's numbers it is */
};

struct columns {
    size_t count;
    size_t numbers; /* how many of them are integers or reals */
    bool all_seen;  /* the types and bounds are those of all rows */
    struct column column[COLUMNS_MAX];
};

/* What a term sees of a column. */
union number {
    int64_t integer;
    double real;
};

/*
 * The columns of one job, in one piece of memory: the numbers, then each column's field as it was
 * written, with a NUL behind it.
 */
struct row {
    size_t size; /* of all of it, in bytes */
    union number numbers[];
};

/* The fields of a row, one behind the other. */
static inline const char *row_texts(const struct columns *columns, const struct row *row)
{
    return (const char *)&row->numbers[columns->numbers];
}

/* A piece of text: a field of a line, or of an argument. */
struct field {
    const char *text;
    size_t length;
};

/* A name as a header has it, "NAME" or "NAME:TYPE". */
struct typed_name {
    struct field bare;
    bool given;            /* there is a type */
    enum column_type type; /* COLUMN_OPEN: none is given, or there is no such type */
};
struct typed_name typed_name(struct field name);

/*
 * Adds a column, "NAME" or "NAME:TYPE". A bad name is STATUS_USAGE, with `place` ("FILE:LINE") in
 * the error. The columns own a copy.
 */
enum status columns_add(struct columns *columns, struct field name, const char *place) MUST_CHECK;

/* Which column has that name, whatever its type; columns->count if none does. */
size_t columns_find(const struct columns *columns, struct field name);

/* The same, and adds it if there is none; the type, where it is given, must be the same. */
enum status columns_name(struct columns *columns, struct field name, const char *place,
                         size_t *k) MUST_CHECK;

/* Lets the field have its say in the type of column k, and in its bounds. */
void columns_see(struct columns *columns, size_t k, struct field field);

/* After the last columns_see: settles types, and counts the numbers. */
void columns_settle(struct columns *columns);

/*
 * Makes a row of fields[0] to fields[count-1], one for each column. A number that is missing or is
 * none is STATUS_USAGE, with the place and the column in the error. The caller frees *made.
 */
enum status columns_row(const struct columns *columns, const struct field *fields,
                        const char *place, struct row **made) MUST_CHECK;

/* A copy of a row, which the caller frees; NULL of NULL, or if memory is short. */
struct row *row_copy(const struct row *row);

/* A new text, "a real, name text", for a journal; NULL if memory is short. */
char *columns_describe(const struct columns *columns);

void columns_clear(struct columns *columns);

/* What counts as nothing around a field. */
static inline bool field_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* What parts the fields of a table with that first line; ' ': blanks. */
char field_separator(const char *line, size_t length);

/* What is wrong with the quotes of a field, and what to do. */
#define FIELD_BAD_QUOTES                                                                           \
    "has a quote that is not closed, or that stands within; put quotes around the field and "      \
    "double those within"

/*
 * Refuses a row with `count` fields, where the `first` row, "the header", has another number of
 * them. `column` is the name of the first one that is missing, or of the last one that there is.
 */
enum status fields_refuse_count(size_t count, size_t wanted, const char *first, const char *column,
                                const char *place) MUST_CHECK;

/* Does a field look like a number: "7", "-1e3", "0.5", "1_000"? */
bool field_is_number(struct field field);

/* The type that a column of this one field would have; it must not be empty. */
enum column_type field_type(struct field field);

/* Reads a field that must not be empty. What is wrong with it, as the end of a sentence, or NULL.
 */
const char *field_read_integer(struct field field, int64_t *number);
const char *field_read_real(struct field field, double *number);

#endif
