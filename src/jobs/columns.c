#include "jobs/columns.h"

#include "base/name.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {"open", "int", "real", "text"};

/* Longer fields are no numbers: the longest decimal that a double needs has 767 digits, and nobody
   writes it. */
enum { NUMBER_TEXT = 400 };

/* Reads a finite real, all of the field. */
static bool read_real(struct field field, double *value)
{
    char text[NUMBER_TEXT], *end;
    if (field.length == 0 || field.length >= sizeof text ||
        memchr("+-.0123456789", field.text[0], 13) == NULL)
        return false;
    memcpy(text, field.text, field.length);
    text[field.length] = '\0';
    if (strspn(text, "+-.0123456789eE") != field.length)
        return false;
    *value = number_read_real(text, &end);
    return *end == '\0' && isfinite(*value);
}

static bool has_point(struct field field)
{
    return memchr(field.text, '.', field.length) != NULL;
}

static enum column_type type_of(struct field field)
{
    int64_t whole;
    double real;
    const bool point = has_point(field);
    const enum number_error error = number_parse(field.text, field.length, &whole);
    if (!point && error == NUMBER_OK)
        return COLUMN_INTEGER;
    if (read_real(field, &real))
        return point || memchr(field.text, 'e', field.length) ||
                       memchr(field.text, 'E', field.length)
                   ? COLUMN_REAL
                   : COLUMN_INTEGER; /* too large for one, which is told when it is read */
    return error == NUMBER_RANGE && !point ? COLUMN_INTEGER : COLUMN_TEXT;
}

bool field_is_number(struct field field)
{
    return field.length > 0 && type_of(field) != COLUMN_TEXT;
}

size_t columns_find(const struct columns *columns, const char *name, size_t length)
{
    size_t k = 0;
    while (k < columns->count && !name_is(name, length, columns->column[k].name))
        k++;
    return k;
}

static enum column_type type_named(const char *name, size_t length)
{
    for (size_t k = COLUMN_INTEGER; k <= COLUMN_TEXT; k++)
        if (name_is(name, length, type_names[k]))
            return (enum column_type)k;
    return COLUMN_OPEN;
}

/* Names that the output has already. */
static const char *fault_of(struct field name)
{
    static const char *const outputs[] = {"sum", "key", "count", "value", "start", "end"};
    for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++)
        if (name_is(name.text, name.length, outputs[k]))
            return "is a name of parsum's output; choose another name";
    if (name.length > 0 && name.text[0] == '_')
        return "begins with _; choose another name";
    return name_fault(name.text, name.length);
}

enum status columns_add(struct columns *columns, struct field name, const char *place)
{
    char quoted[ERROR_QUOTED];
    const struct field whole = name;
    const char *const colon = memchr(name.text, ':', name.length);
    error_quote(whole.text, whole.length, quoted);
    name.length = colon ? (size_t)(colon - name.text) : name.length;
    const char *const fault = fault_of(name);
    if (fault)
        return error_set(STATUS_USAGE, "%s: column %s %s", place, quoted, fault);
    const enum column_type type =
        colon ? type_named(colon + 1, whole.length - name.length - 1) : COLUMN_OPEN;
    if (colon && !type)
        return error_set(STATUS_USAGE, "%s: column %s: there are the types int, real and text",
                         place, quoted);
    if (columns_find(columns, name.text, name.length) < columns->count)
        return error_set(STATUS_USAGE, "%s: column %s is there twice; give one another name", place,
                         quoted);
    if (columns->count == COLUMNS_MAX)
        return error_set(STATUS_USAGE, "%s: there are more than %d columns; leave some out", place,
                         COLUMNS_MAX);
    char *const copy = strndup(name.text, name.length);
    if (!copy)
        return error_set(STATUS_FAILED, "%s: out of memory for the columns", place);
    columns->column[columns->count++] = (struct column){
        .name = copy, .type = type, .given = type, .low = INT64_MAX, .high = INT64_MIN};
    return STATUS_OK;
}

void columns_see(struct columns *columns, size_t k, struct field field)
{
    struct column *const column = &columns->column[k];
    int64_t whole;
    if (field.length == 0)
        return;
    if (!column->given && column->type < COLUMN_TEXT) {
        const enum column_type type = type_of(field);
        column->type = type > column->type ? type : column->type;
    }
    if (column->type == COLUMN_INTEGER &&
        number_parse(field.text, field.length, &whole) == NUMBER_OK) {
        column->low = whole < column->low ? whole : column->low;
        column->high = whole > column->high ? whole : column->high;
    }
}

void columns_settle(struct columns *columns)
{
    columns->numbers = 0;
    for (size_t k = 0; k < columns->count; k++) {
        struct column *const column = &columns->column[k];
        if (column->type == COLUMN_OPEN) /* all its fields are empty */
            column->type = COLUMN_TEXT;
        if (column->type != COLUMN_TEXT)
            column->number = columns->numbers++;
        if (!columns->all_seen || column->low > column->high)
            column->low = INT64_MIN, column->high = INT64_MAX;
    }
}

/* Is the whole number that the text is, which has no point and no exponent, that double? */
static bool is_exact(struct field field, double value)
{
    int64_t whole;
    if (has_point(field) || memchr(field.text, 'e', field.length) ||
        memchr(field.text, 'E', field.length))
        return true;
    if (number_parse(field.text, field.length, &whole) == NUMBER_OK)
        return fabs(value) < 0x1p63 && (int64_t)value == whole;
    char digits[NUMBER_TEXT];
    const size_t sign = field.text[0] == '-' || field.text[0] == '+';
    size_t zeros = sign;
    while (zeros + 1 < field.length && field.text[zeros] == '0')
        zeros++;
    const int length = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    return (size_t)length == field.length - zeros &&
           memcmp(digits, field.text + zeros, (size_t)length) == 0;
}

/* Reads the field of a column that is a number; what is wrong with it otherwise, or NULL. */
static const char *read_number(const struct column *column, struct field field,
                               union number *number)
{
    if (field.length == 0)
        return "is empty";
    const enum number_error error = number_parse(field.text, field.length, &number->integer);
    if (column->type == COLUMN_INTEGER)
        return error == NUMBER_RANGE ? "does not fit in 64 bits"
               : error               ? "is not an integer"
                                     : NULL;
    const bool whole = !error && !has_point(field);
    if (whole)
        number->real = (double)number->integer;
    else if (!read_real(field, &number->real))
        return "is not a finite real number";
    return is_exact(field, number->real) ? NULL : "loses digits as a real number (53 bits)";
}

static SELDOM enum status refuse(const struct column *column, struct field field, const char *what,
                                 const char *place)
{
    char quoted[ERROR_QUOTED];
    const char *const name = column->name;
    error_quote(field.text, field.length, quoted);
    if (column->type == COLUMN_INTEGER)
        return error_set(STATUS_USAGE,
                         "%s: column %s: %s %s; give an integer, or call the column %s:real or "
                         "%s:text where it is named",
                         place, name, quoted, what, name, name);
    return error_set(STATUS_USAGE,
                     "%s: column %s: %s %s; give a number, or call the column %s:text where it is "
                     "named",
                     place, name, quoted, what, name);
}

enum status columns_row(const struct columns *columns, const struct field *fields,
                        const char *place, struct row **made)
{
    size_t size = sizeof(struct row) + columns->numbers * sizeof(union number);
    for (size_t k = 0; k < columns->count; k++)
        size += fields[k].length + 1;
    struct row *const row = malloc(size);
    if (!row)
        return error_set(STATUS_FAILED, "%s: out of memory for a row", place);
    row->size = size;
    char *at = (char *)&row->numbers[columns->numbers];
    for (size_t k = 0; k < columns->count; k++) {
        const struct column *const column = &columns->column[k];
        const char *const fault =
            column->type == COLUMN_TEXT
                ? NULL
                : read_number(column, fields[k], &row->numbers[column->number]);
        if (fault) {
            free(row);
            return refuse(column, fields[k], fault, place);
        }
        memcpy(at, fields[k].text, fields[k].length);
        at += fields[k].length;
        *at++ = '\0';
    }
    *made = row;
    return STATUS_OK;
}

struct row *row_copy(const struct row *row)
{
    struct row *const copy = row ? malloc(row->size) : NULL;
    if (copy)
        memcpy(copy, row, row->size);
    return copy;
}

char *columns_describe(const struct columns *columns)
{
    char *text = NULL;
    size_t length;
    FILE *const out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    for (size_t k = 0; k < columns->count; k++)
        fprintf(out, "%s%s %s", k ? ", " : "", columns->column[k].name,
                type_names[columns->column[k].type]);
    const bool complete = !ferror(out);
    if (fclose(out) == 0 && complete)
        return text;
    free(text);
    return NULL;
}

void columns_clear(struct columns *columns)
{
    for (size_t k = 0; k < columns->count; k++)
        free(columns->column[k].name);
    *columns = (struct columns){0};
}
