#include "jobs/data_text.h"

#include "base/number.h"
#include "jobs/data_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct rows rows;
    struct header header;
    size_t count, room;
    bool real; /* all that is in `numbers` */
    union number *numbers;
};

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
        if (field.length == 0)
            return "is empty";
        if (type == COLUMN_INTEGER || reader->header.type == COLUMN_INTEGER)
            return field_read_integer(field, &number->integer);
        if (type == COLUMN_TEXT)
            return "is not a number";
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

static SELDOM enum status refuse_number(const struct reader *reader, struct field field,
                                        const char *what)
{
    char text[160];
    snprintf(text, sizeof text, "%s; give %s", what,
             reader->header.type == COLUMN_INTEGER
                 ? "an integer in each row, or call the column :real in the header"
                 : "a number in each row");
    return rows_refuse(&reader->rows, field, text);
}

static SELDOM enum status refuse_count(const struct reader *reader, const char *row, size_t count)
{
    const struct header *const header = &reader->header;
    const size_t column = count < header->fields ? count : header->fields - 1;
    char place[ROWS_PLACE], name[ERROR_QUOTED];
    return fields_refuse_count(count, header->fields, header->is ? "the header" : "the first row",
                               header_name(header, column, name),
                               rows_place(&reader->rows, row, place));
}

/* Takes the row's field of the column. */
static enum status read_row(struct reader *reader)
{
    struct rows *const rows = &reader->rows;
    const char *const row = rows->at;
    struct field field = {row, 0};
    size_t count = 0;
    for (; count <= reader->header.column && rows->more; count++)
        field = rows_field(rows);
    count += rows_skip(rows);
    if (rows->bad)
        return rows_refuse_quotes(rows);
    if (count != reader->header.fields)
        return refuse_count(reader, row, count);
    if (!make_room(reader))
        return error_set(STATUS_FAILED, "%s: out of memory for its numbers", rows->place);
    const char *const fault = read_number(reader, field, &reader->numbers[reader->count]);
    if (fault)
        return refuse_number(reader, field, fault);
    reader->count++;
    return STATUS_OK;
}

/* What a file begins with that is a table or an array, but packed. */
static const struct {
    const char *begin, *is;
} packed[] = {
    {"PK\3\4", "is a zip file, as .npz and spreadsheets are; save one array: np.save(\"x.npy\", "
               "np.load(FILE)[NAME]), or the sheet as CSV"},
    {"\x1f\x8b", "is compressed by gzip; unpack it: gunzip FILE"},
};

static enum status refuse_packed(const char *text, size_t size, const char *place)
{
    for (size_t k = 0; k < sizeof packed / sizeof *packed; k++) {
        const size_t length = strlen(packed[k].begin);
        if (size >= length && memcmp(text, packed[k].begin, length) == 0)
            return error_set(STATUS_USAGE, "%s: %s", place, packed[k].is);
    }
    return STATUS_OK;
}

enum status text_read(const char *text, size_t size, const char *column, const char *place,
                      struct shape *shape, void **made)
{
    struct reader reader = {.count = 0};
    enum status status = refuse_packed(text, size, place);
    if (!status && rows_begin(&reader.rows, text, size, place))
        status = header_read(&reader.header, &reader.rows, column);
    reader.real = reader.header.type == COLUMN_REAL;
    while (!status && rows_next(&reader.rows))
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
