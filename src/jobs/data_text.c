#include "jobs/data_text.h"

#include "base/number.h"
#include "jobs/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
    const char *place;
    const char *begin, *at, *end;
    char separator; /* ' ': blanks */
    size_t column;  /* the one that is read, from 0 */
    bool alone;     /* there must be no other */
    bool more;      /* fields of the row in hand */
    size_t count, room;
    bool real; /* all that is in `numbers` */
    union number *numbers;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Where the field that begins at `from` ends: at what parts fields, at the end of its row, or at
   the end of all. */
static const char *find_end(const struct reader *reader, const char *from)
{
    const char separator = reader->separator;
    const char *at = from;
    if (at < reader->end && *at == '"') { /* a doubled quote is one that ends and one that begins */
        do {
            const char *const close = memchr(at + 1, '"', (size_t)(reader->end - at - 1));
            at = close ? close + 1 : reader->end;
        } while (at < reader->end && *at == '"');
    }
    if (separator == ' ')
        while (at < reader->end && !is_blank(*at) && !is_end(*at))
            at++;
    else
        while (at < reader->end && *at != separator && !is_end(*at))
            at++;
    return at;
}

static const char *skip_blanks(const struct reader *reader, const char *at)
{
    while (at < reader->end && is_blank(*at) &&
           (reader->separator == ' ' || *at != reader->separator))
        at++;
    return at;
}

/* Takes the next field of a row, and sees whether there are more. */
static struct field take_field(struct reader *reader)
{
    const char *from = skip_blanks(reader, reader->at);
    const char *const stop = find_end(reader, from);
    if (reader->separator == ' ') {
        reader->at = skip_blanks(reader, stop);
        reader->more = reader->at < reader->end && !is_end(*reader->at);
    } else {
        reader->more = stop < reader->end && !is_end(*stop);
        reader->at = stop + reader->more;
    }
    const char *to = stop;
    while (to > from && is_blank(to[-1]))
        to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"')
        from++, to--;
    return (struct field){from, (size_t)(to - from)};
}

/* Goes to the end of the row; a quote may lead over ends of lines. */
static void end_row(struct reader *reader)
{
    while (reader->more) {
        const size_t left = (size_t)(reader->end - reader->at);
        const char *const newline = memchr(reader->at, '\n', left);
        const size_t line = newline ? (size_t)(newline - reader->at) : left;
        if (memchr(reader->at, '"', line) || memchr(reader->at, '\r', line)) {
            (void)take_field(reader);
        } else {
            reader->at += line;
            reader->more = false;
        }
    }
    reader->at += reader->at < reader->end;
}

/* Finds the next row: neither an empty line nor a comment. False if there is none. */
static bool find_row(struct reader *reader)
{
    while (reader->at < reader->end) {
        const char *at = reader->at;
        while (at < reader->end && is_blank(*at))
            at++;
        if (at < reader->end && *at == '#')
            while (at < reader->end && !is_end(*at))
                at++;
        reader->more = at < reader->end && !is_end(*at);
        if (reader->more)
            return true;
        reader->at = at + (at < reader->end);
    }
    return false;
}

static SELDOM enum status refuse(const struct reader *reader, const char *at, struct field field,
                                 const char *what)
{
    size_t line = 1;
    char quoted[ERROR_QUOTED];
    for (const char *k = reader->begin; k < at; k++)
        line += *k == '\n' || (*k == '\r' && !(k + 1 < reader->end && k[1] == '\n'));
    return error_set(STATUS_USAGE, "%s:%zu: %s %s", reader->place, line,
                     error_quote(field.text, field.length, quoted), what);
}

static SELDOM enum status refuse_number(const struct reader *reader, struct field field,
                                        const char *what)
{
    char text[160];
    snprintf(text, sizeof text, "%s; give a number in each row", what);
    return refuse(reader, field.text, field, text);
}

/* From here on there are reals. */
static bool become_real(struct reader *reader)
{
    for (size_t k = 0; k < reader->count; k++) {
        const int64_t whole = reader->numbers[k].integer;
        reader->numbers[k].real = (double)whole;
        if (reader->numbers[k].real >= 0x1p63 || (int64_t)reader->numbers[k].real != whole)
            return false;
    }
    reader->real = true;
    return true;
}

/* Up to 18 digits, as nearly all integers are. */
static bool read_short_integer(struct field field, int64_t *number)
{
    const char *at = field.text, *const end = at + field.length;
    const bool negative = at < end && *at == '-';
    at += negative;
    if (at == end || end - at > 18)
        return false;
    int64_t value = 0;
    for (; at < end; at++) {
        const unsigned digit = (unsigned)(*at - '0');
        if (digit > 9)
            return false;
        value = 10 * value + digit;
    }
    *number = negative ? -value : value;
    return true;
}

static bool has_point(struct field field)
{
    for (size_t k = 0; k < field.length; k++)
        if (field.text[k] == '.')
            return true;
    return false;
}

static const char *read_number(struct reader *reader, struct field field, union number *number)
{
    if (!reader->real) {
        if (read_short_integer(field, &number->integer))
            return NULL;
        const enum column_type type = field.length > 0 ? field_type(field) : COLUMN_TEXT;
        if (type == COLUMN_TEXT)
            return field.length > 0 ? "is not a number" : "is empty";
        if (type == COLUMN_INTEGER)
            return field_read_integer(field, &number->integer);
        if (!become_real(reader))
            return "makes the column one of reals, and an integer before it has more digits than "
                   "a real (53 bits)";
    }
    /* So short a whole number is exact. */
    if ((field.length <= 15 || has_point(field)) && field.length > 0 &&
        number_read_decimal(field.text, field.length, &number->real))
        return NULL;
    return field.length > 0 ? field_read_real(field, &number->real) : "is empty";
}

static bool make_room(struct reader *reader)
{
    if (reader->count < reader->room)
        return true;
    const size_t room = reader->room ? 2 * reader->room : 1024;
    union number *const numbers = realloc(reader->numbers, room * sizeof *numbers);
    if (!numbers)
        return false;
    reader->numbers = numbers;
    reader->room = room;
    return true;
}

static SELDOM enum status refuse_row(const struct reader *reader, const char *row)
{
    const char *end = row;
    while (end < reader->end && !is_end(*end))
        end++;
    return refuse(reader, row, (struct field){row, (size_t)(end - row)},
                  "lacks the column; give each row as many fields as the first one");
}

/* Takes the row's field of the column. */
static enum status read_row(struct reader *reader)
{
    struct field field = {reader->at, 0};
    const char *const row = reader->at;
    for (size_t k = 0; k <= reader->column; k++) {
        if (!reader->more)
            return refuse_row(reader, row);
        field = take_field(reader);
    }
    if (reader->alone && reader->more)
        return refuse(reader, row, field,
                      "is not alone in its row; say which column: NAME=FILE:col=COLUMN");
    if (!make_room(reader))
        return error_set(STATUS_FAILED, "%s: out of memory for its numbers", reader->place);
    const char *const fault = read_number(reader, field, &reader->numbers[reader->count]);
    if (fault)
        return refuse_number(reader, field, fault);
    reader->count++;
    end_row(reader);
    return STATUS_OK;
}

/* Which character parts the fields, as the first row has it. */
static char find_separator(const struct reader *reader)
{
    static const char separators[] = ",\t;";
    const char *end = reader->at;
    while (end < reader->end && !is_end(*end))
        end++;
    for (const char *at = separators; *at; at++)
        if (memchr(reader->at, *at, (size_t)(end - reader->at)))
            return *at;
    return ' ';
}

/* Does it begin as numbers do, or is it one that a column can't hold? */
static bool is_like_a_number(struct field field)
{
    static const char *const words[] = {"nan", "inf", "infinity", "NA", "N/A"};
    static const char minus[] = "\xe2\x88\x92"; /* the typographer's */
    const char *at = field.text, *const end = at + field.length;
    if (end - at >= 3 && memcmp(at, minus, 3) == 0)
        at += 3;
    else
        at += at < end && (*at == '-' || *at == '+');
    const size_t length = (size_t)(end - at);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (length == strlen(words[k]) &&
            (words[k][0] == 'N' ? memcmp(at, words[k], length)
                                : strncasecmp(at, words[k], length)) == 0)
            return true;
    at += at < end && *at == '.';
    return at < end && *at >= '0' && *at <= '9';
}

/* What the first row says: whether it is a header, how many fields it has, and which of them is
   called so; that is as many where none is. */
struct first_row {
    bool header;
    size_t fields, named;
};

/*
 * A header has a name above the column. Where a number seems to stand there the file has no header,
 * and what is read as one would be missing in all sums.
 */
static enum status check_header(struct reader reader)
{
    struct field field = {reader.at, 0};
    char what[512], quoted[ERROR_QUOTED];
    for (size_t k = 0; k <= reader.column && reader.more; k++)
        field = take_field(&reader);
    if (!is_like_a_number(field))
        return STATUS_OK;
    snprintf(what, sizeof what,
             "is read as the name of its column, as not all of the row is numbers; put the number "
             "right, or a row of names above it, or, if it is a name, give that: NAME=FILE:col=%s",
             error_quote(field.text, field.length, quoted));
    return refuse(&reader, field.text, field, what);
}

static struct first_row look_at_first_row(struct reader reader, const char *column)
{
    struct first_row first = {.named = SIZE_MAX};
    for (; reader.more; first.fields++) {
        const struct field field = take_field(&reader);
        first.header |= field.length > 0 && !field_is_number(field);
        if (column && first.named == SIZE_MAX && field.length == strlen(column) &&
            memcmp(field.text, column, field.length) == 0)
            first.named = first.fields;
    }
    return first;
}

/* Which column is read. */
static enum status choose(struct reader *reader, const char *column)
{
    const struct first_row first = look_at_first_row(*reader, column);
    int64_t number = 0;
    reader->alone = !column;
    reader->column = 0;
    if (!column && first.fields > 1)
        return error_set(STATUS_USAGE,
                         "%s: has %zu columns; say which: NAME=FILE:col=COLUMN, its name or number",
                         reader->place, first.fields);
    if (column && first.header && first.named != SIZE_MAX)
        reader->column = first.named;
    else if (column && number_parse(column, strlen(column), &number) == NUMBER_OK && number >= 1 &&
             (uint64_t)number <= first.fields)
        reader->column = (size_t)number - 1;
    else if (column)
        return error_set(STATUS_USAGE,
                         "%s: has no column %s; give a name of its header or a "
                         "number from 1 to %zu",
                         reader->place, column, first.fields);
    if (!first.header)
        return STATUS_OK;
    if (first.named == SIZE_MAX) {
        const enum status status = check_header(*reader);
        if (status)
            return status;
    }
    reader->more = true;
    end_row(reader);
    return STATUS_OK;
}

enum status text_read(const char *text, size_t size, const char *column, const char *place,
                      struct shape *shape, void **made)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8 */
    const size_t skipped = size >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    struct reader reader = {
        .place = place,
        .begin = text + skipped,
        .at = text + skipped,
        .end = text + size,
        .separator = ' ',
    };
    enum status status = STATUS_OK;
    if (find_row(&reader)) {
        reader.separator = find_separator(&reader);
        status = choose(&reader, column);
    }
    while (!status && find_row(&reader))
        status = read_row(&reader);
    if (status) {
        free(reader.numbers);
        return status;
    }
    *shape = (struct shape){
        .element = reader.real ? ELEMENT_F8 : ELEMENT_I8,
        .dimensions = 1,
        .n = {(int64_t)reader.count, 1},
    };
    *made = reader.numbers;
    return STATUS_OK;
}
