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

/*
 * Reads a decimal with a point, at most 15 digits and no exponent, as nearly all are: both the
 * digits, as a whole number, and the power of ten are doubles then, so that their quotient is
 * rounded once. After W. D. Clinger, "How to read floating point numbers accurately", 1990. False:
 * the slow way knows.
 */
static bool read_short_real(struct field field, double *value)
{
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const size_t sign = field.length > 0 && field.text[0] == '-';
    size_t point = field.length;
    int64_t digits = 0;
    if (field.length - sign < 2 || field.length - sign > 16)
        return false;
    for (size_t k = sign; k < field.length; k++) {
        const unsigned digit = (unsigned)(field.text[k] - '0');
        if (digit <= 9)
            digits = 10 * digits + digit;
        else if (field.text[k] == '.' && point == field.length)
            point = k;
        else
            return false;
    }
    if (point == field.length)
        return false;
    const double magnitude = (double)digits / powers[field.length - point - 1];
    *value = sign ? -magnitude : magnitude;
    return true;
}

/* Reads a finite real, all of the field. */
static bool read_real(struct field field, double *value)
{
    char text[NUMBER_TEXT], *end;
    if (read_short_real(field, value))
        return true;
    if (field.length == 0 || field.length >= sizeof text || !field.text[0] ||
        !strchr("+-.0123456789", field.text[0]))
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

static bool has_exponent(struct field field)
{
    return memchr(field.text, 'e', field.length) || memchr(field.text, 'E', field.length);
}

enum column_type field_type(struct field field)
{
    double real;
    int64_t whole;
    if (has_point(field))
        return read_real(field, &real) ? COLUMN_REAL : COLUMN_TEXT;
    const enum number_error error = number_parse(field.text, field.length, &whole);
    if (error == NUMBER_OK)
        return COLUMN_INTEGER;
    if (has_exponent(field) && read_real(field, &real))
        return COLUMN_REAL;
    /* One that is too large is told of when it is read. */
    return error == NUMBER_RANGE ? COLUMN_INTEGER : COLUMN_TEXT;
}

bool field_is_number(struct field field)
{
    return field.length > 0 && field_type(field) != COLUMN_TEXT;
}

char field_separator(const char *line, size_t length)
{
    static const char separators[] = ",\t;";
    for (const char *at = separators; *at; at++)
        if (memchr(line, *at, length))
            return *at;
    return ' ';
}

enum status fields_refuse_count(size_t count, size_t wanted, const char *first, const char *column,
                                const char *place)
{
    if (count < wanted)
        return error_set(STATUS_USAGE,
                         "%s: column %s is missing: there are %zu fields, and %s has %zu; "
                         "give one for each column",
                         place, column, count, first, wanted);
    return error_set(STATUS_USAGE,
                     "%s: there are fields behind column %s: %zu, and %s has %zu; put quotes "
                     "around a field that holds what parts fields",
                     place, column, count, first, wanted);
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

struct typed_name typed_name(struct field name)
{
    const char *const colon = memchr(name.text, ':', name.length);
    const size_t bare = colon ? (size_t)(colon - name.text) : name.length;
    return (struct typed_name){
        .bare = {name.text, bare},
        .given = colon != NULL,
        .type = colon ? type_named(colon + 1, name.length - bare - 1) : COLUMN_OPEN,
    };
}

/* Gives the column the type that its name has behind a colon, if it has one. */
static enum status give_type(struct column *column, struct field name, const char *place)
{
    char quoted[ERROR_QUOTED];
    const struct typed_name typed = typed_name(name);
    const enum column_type type = typed.type;
    if (!typed.given)
        return STATUS_OK;
    error_quote(name.text, name.length, quoted);
    if (!type)
        return error_set(STATUS_USAGE, "%s: column %s: there are the types int, real and text",
                         place, quoted);
    if (column->given && type != column->type)
        return error_set(STATUS_USAGE, "%s: column %s was called %s before; give it one type",
                         place, quoted, type_names[column->type]);
    if (column->type > COLUMN_INTEGER) /* bounds were not noted for 1.0 */
        column->low = INT64_MIN, column->high = INT64_MAX;
    column->type = type;
    column->given = true;
    return STATUS_OK;
}

size_t columns_find(const struct columns *columns, struct field name)
{
    const struct field bare = typed_name(name).bare;
    size_t k = 0;
    while (k < columns->count && !name_is(bare.text, bare.length, columns->column[k].name))
        k++;
    return k;
}

enum status columns_add(struct columns *columns, struct field name, const char *place)
{
    char quoted[ERROR_QUOTED];
    const struct field bare = typed_name(name).bare;
    const char *const fault = fault_of(bare);
    error_quote(name.text, name.length, quoted);
    if (fault)
        return error_set(STATUS_USAGE, "%s: column %s %s", place, quoted, fault);
    if (columns_find(columns, name) < columns->count)
        return error_set(STATUS_USAGE, "%s: column %s is there twice; give one another name", place,
                         quoted);
    if (columns->count == COLUMNS_MAX)
        return error_set(STATUS_USAGE, "%s: there are more than %d columns; leave some out", place,
                         COLUMNS_MAX);
    struct column *const column = &columns->column[columns->count];
    *column = (struct column){.low = INT64_MAX, .high = INT64_MIN};
    const enum status status = give_type(column, name, place);
    if (status)
        return status;
    column->name = strndup(bare.text, bare.length);
    if (!column->name)
        return error_set(STATUS_FAILED, "%s: out of memory for the columns", place);
    columns->count++;
    return STATUS_OK;
}

enum status columns_name(struct columns *columns, struct field name, const char *place, size_t *k)
{
    *k = columns_find(columns, name);
    return *k < columns->count ? give_type(&columns->column[*k], name, place)
                               : columns_add(columns, name, place);
}

void columns_see(struct columns *columns, size_t k, struct field field)
{
    struct column *const column = &columns->column[k];
    int64_t whole;
    if (field.length == 0 || column->type == COLUMN_TEXT)
        return;
    if (!column->given) {
        const enum column_type type = field_type(field);
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

/* Is a whole number that 64 bits do not hold that double? It has no point and no exponent. */
static SELDOM bool is_exact(struct field field, double value)
{
    char digits[NUMBER_TEXT];
    const size_t sign = field.text[0] == '-' || field.text[0] == '+';
    size_t zeros = sign;
    while (zeros + 1 < field.length && field.text[zeros] == '0')
        zeros++;
    const int length = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    return (size_t)length == field.length - zeros &&
           memcmp(digits, field.text + zeros, (size_t)length) == 0;
}

const char *field_read_integer(struct field field, int64_t *number)
{
    const enum number_error error = number_parse(field.text, field.length, number);
    return error == NUMBER_RANGE ? "does not fit in 64 bits" : error ? "is not an integer" : NULL;
}

/* What has a point or an exponent is rounded; a whole number is exact or refused. */
const char *field_read_real(struct field field, double *number)
{
    static const char loses[] = "loses digits as a real number (53 bits)";
    int64_t whole;
    if (!has_point(field) && number_parse(field.text, field.length, &whole) == NUMBER_OK) {
        *number = (double)whole;
        const bool fits = *number < 0x1p63; /* it may have been rounded up */
        return fits && (int64_t)*number == whole ? NULL : loses;
    }
    if (!read_real(field, number))
        return "is not a finite real number";
    return has_point(field) || has_exponent(field) || is_exact(field, *number) ? NULL : loses;
}

/* Reads the field of a column that is a number; what is wrong with it otherwise, or NULL. */
static const char *read_number(const struct column *column, struct field field,
                               union number *number)
{
    if (field.length == 0)
        return "is empty";
    return column->type == COLUMN_INTEGER ? field_read_integer(field, &number->integer)
                                          : field_read_real(field, &number->real);
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
