#include "jobs/job_table.h"

#include "base/name.h"
#include "base/number.h"
#include "jobs/job_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The field from `from` to `to`, without the blanks around it. */
static struct field trimmed(const char *from, const char *to)
{
    while (from < to && field_is_blank(*from))
        from++;
    while (to > from && field_is_blank(to[-1]))
        to--;
    return (struct field){from, (size_t)(to - from)};
}

bool table_is_blank(const char *line, size_t length)
{
    const struct field text = trimmed(line, line + length);
    return text.length == 0 || text.text[0] == '#';
}

/* Where the quote is closed that is open at text[k]; `length` if it is not. */
static size_t find_close(const char *text, size_t length, size_t k)
{
    for (; k < length && (text[k] != '"' || (k + 1 < length && text[k + 1] == '"')); k++)
        k += text[k] == '"';
    return k;
}

size_t table_row_end(const char *text, size_t length, char separator, bool *open)
{
    const bool comment = table_is_blank(text, length);
    bool begins = !comment; /* nothing but blanks stands between here and the field's begin */
    size_t k = 0;
    *open = false;
    for (; k < length && text[k] != '\n' && text[k] != '\r'; k++) {
        if (begins && text[k] == '"') {
            k = find_close(text, length, k + 1);
            *open = k == length;
            if (*open)
                return length;
        }
        begins = !comment && (text[k] == separator ||
                              (field_is_blank(text[k]) && (begins || separator == ' ')));
    }
    return k;
}

/*
 * A field in quotes, which begins at *at: doubled ones become one, in place. Leaves *at behind it
 * and the blanks that follow. False if the quote is not closed, or if something follows that parts
 * no fields.
 */
static bool unquote(char separator, char **at, const char *end, struct field *field)
{
    char *from = *at + 1, *to = from;
    field->text = from;
    for (; from < end && !(*from == '"' && (from + 1 == end || from[1] != '"')); from++) {
        from += *from == '"';
        *to++ = *from;
    }
    if (from == end)
        return false;
    field->length = (size_t)(to - field->text);
    from++;
    *at = from;
    while (*at < end && field_is_blank(**at) && (separator == ' ' || **at != separator))
        ++*at;
    return *at == end || **at == separator || (separator == ' ' && *at > from);
}

/* A field that ends at a separator or at `end`. */
static struct field take_bare(char separator, char **at, char *end)
{
    char *const from = *at;
    while (*at < end && (separator == ' ' ? !field_is_blank(**at) : **at != separator))
        ++*at;
    return trimmed(from, *at);
}

/*
 * Splits the line into fields, of which it keeps at most `room`, and returns how many there are.
 * *bad becomes false, or true if the quotes of the last one are wrong.
 */
static size_t split(char separator, char *line, size_t length, struct field *fields, size_t room,
                    bool *bad)
{
    char *at = line;
    char *const end = line + length;
    const bool quotes = memchr(line, '"', length) != NULL;
    *bad = false;
    for (size_t count = 0;; at += separator != ' ') {
        struct field field = {at, 0};
        while (at < end && field_is_blank(*at) && (separator == ' ' || *at != separator))
            at++;
        if (separator == ' ' && at == end)
            return count;
        if (quotes && at < end && *at == '"') {
            *bad = !unquote(separator, &at, end, &field);
        } else {
            field = take_bare(separator, &at, end);
            *bad = quotes && memchr(field.text, '"', field.length);
        }
        if (count < room)
            fields[count] = field;
        count++;
        if (*bad || at == end)
            return count;
    }
}

bool table_is_header(const char *line, size_t length)
{
    /* Whatever parts fields parts the numbers of a line that is none. */
    const char *at = line;
    const char *const end = line + length;
    while (at < end) {
        const char *const from = at;
        while (at < end && !field_is_blank(*at) && *at != ',' && *at != ';')
            at++;
        const struct field field = {from, (size_t)(at - from)};
        if (field.length > 0 && !field_is_number(field))
            return true;
        at++;
    }
    return false;
}

static enum status add_field(struct table *table, size_t f, struct field name, const char *place)
{
    bool *const has = name_is(name.text, name.length, "start") ? &table->has_start
                      : name_is(name.text, name.length, "end") ? &table->has_end
                                                               : NULL;
    if (!has) {
        table->field[f].role = TABLE_COLUMN;
        table->field[f].column = table->columns->count;
        return columns_add(table->columns, name, place);
    }
    if (*has)
        return error_set(STATUS_USAGE, "%s: column %.*s is there twice; give one another name",
                         place, (int)name.length, name.text);
    *has = true;
    table->field[f].role = has == &table->has_start ? TABLE_START : TABLE_END;
    return STATUS_OK;
}

/* A line that is no header may be a job with a slip of the pen: both are told. */
static SELDOM enum status refuse_header(const char *line, size_t length, const char *place)
{
    const struct error error = error_last();
    char quoted[ERROR_QUOTED], why[512];
    error_quote(line, length, quoted);
    const char *const fault = strncmp(error.text, place, strlen(place)) == 0
                                  ? error.text + strlen(place) + strlen(": ")
                                  : error.text;
    const size_t room = strnlen(fault, sizeof why - 1);
    memcpy(why, fault, room);
    why[room] = '\0';
    error_clear();
    return error_set(STATUS_USAGE,
                     "%s: %s is read as a header, as not all of it is numbers: %s; " LINE_FORM,
                     place, quoted, why);
}

static enum status add_fields(struct table *table, char *line, size_t length, const char *place)
{
    struct field fields[COLUMNS_MAX + 2];
    const size_t room = sizeof fields / sizeof *fields;
    bool bad;
    table->fields = split(table->separator, line, length, fields, room, &bad);
    if (bad)
        return error_set(STATUS_USAGE, "%s: field %zu " FIELD_BAD_QUOTES, place, table->fields);
    if (table->fields > room)
        return error_set(STATUS_USAGE, "%s: there are more than %d columns; leave some out", place,
                         COLUMNS_MAX);
    enum status status = STATUS_OK;
    for (size_t f = 0; f < table->fields && !status; f++)
        status = add_field(table, f, fields[f], place);
    return status;
}

enum status table_header(struct table *table, struct columns *columns, char *line, size_t length,
                         const char *place)
{
    char *const copy = malloc(length + 1);
    if (!copy)
        return error_set(STATUS_FAILED, "%s: out of memory for the columns", place);
    memcpy(copy, line, length);
    *table = (struct table){.separator = field_separator(line, length), .columns = columns};
    enum status status = add_fields(table, line, length, place);
    if (status == STATUS_USAGE)
        status = refuse_header(copy, length, place);
    free(copy);
    return status;
}

static const char *name_of(const struct table *table, size_t f)
{
    return table->field[f].role == TABLE_START ? "start"
           : table->field[f].role == TABLE_END
               ? "end"
               : table->columns->column[table->field[f].column].name;
}

static SELDOM enum status refuse_count(const struct table *table, size_t count, const char *place)
{
    const size_t f = count < table->fields ? count : table->fields - 1;
    return fields_refuse_count(count, table->fields, "the header", name_of(table, f), place);
}

/* The fields of a row, as many as the header has. */
static enum status split_row(const struct table *table, char *line, size_t length,
                             const char *place, struct field *fields)
{
    bool bad;
    const bool has_nul = memchr(line, '\0', length) != NULL;
    const size_t count = split(table->separator, line, length, fields, table->fields, &bad);
    const size_t kept = count < table->fields ? count : table->fields;
    for (size_t f = 0; has_nul && f < kept; f++)
        if (memchr(fields[f].text, '\0', fields[f].length))
            return error_set(STATUS_USAGE,
                             "%s: column %s holds a NUL byte; give the table as text in UTF-8",
                             place, name_of(table, f));
    if (bad && count <= table->fields)
        return error_set(STATUS_USAGE, "%s: column %s " FIELD_BAD_QUOTES, place,
                         name_of(table, count - 1));
    return count == table->fields && !bad ? STATUS_OK : refuse_count(table, count, place);
}

static enum status read_bound(const char *name, struct field field, const char *place,
                              int64_t *bound)
{
    const enum number_error error = number_parse(field.text, field.length, bound);
    char quoted[ERROR_QUOTED];
    if (!error)
        return STATUS_OK;
    return error_set(STATUS_USAGE, "%s: column %s: %s %s; give an integer: " JOB_NUMBERS, place,
                     name, error_quote(field.text, field.length, quoted), number_error_text(error));
}

/* Splits a row, and reads its range; columns[k] becomes the field of column k. */
static enum status read_row(const struct table *table, char *line, size_t length, const char *place,
                            struct job *job, struct field *columns)
{
    struct field fields[COLUMNS_MAX + 2];
    memset(fields, 0, table->fields * sizeof *fields);
    enum status status = split_row(table, line, length, place, fields);
    for (size_t f = 0; f < table->fields && !status; f++) {
        if (table->field[f].role == TABLE_START)
            status = read_bound("start", fields[f], place, &job->start);
        else if (table->field[f].role == TABLE_END)
            status = read_bound("end", fields[f], place, &job->end);
        else
            columns[table->field[f].column] = fields[f];
    }
    if (!status && job->end < job->start)
        status =
            error_set(STATUS_USAGE,
                      "%s: the range runs backwards, from %" PRId64 " to %" PRId64 "; " JOB_NUMBERS,
                      place, job->start, job->end);
    return status;
}

enum status table_see(const struct table *table, char *line, size_t length, const char *place,
                      struct job *job)
{
    struct field columns[COLUMNS_MAX];
    memset(columns, 0, table->columns->count * sizeof *columns);
    const enum status status = read_row(table, line, length, place, job, columns);
    for (size_t k = 0; k < table->columns->count && !status; k++)
        columns_see(table->columns, k, columns[k]);
    return status;
}

enum status table_row(const struct table *table, char *line, size_t length, const char *place,
                      struct job *job)
{
    struct field columns[COLUMNS_MAX];
    memset(columns, 0, table->columns->count * sizeof *columns);
    const enum status status = read_row(table, line, length, place, job, columns);
    return status ? status : columns_row(table->columns, columns, place, &job->row);
}
