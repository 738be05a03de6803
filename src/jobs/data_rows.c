#include "jobs/data_rows.h"

#include <stdio.h>
#include <string.h>

static bool is_end(char c)
{
    return c == '\n' || c == '\r';
}

static const char *skip_blanks(const struct rows *rows, const char *at)
{
    while (at < rows->end && field_is_blank(*at) &&
           (rows->separator == ' ' || *at != rows->separator))
        at++;
    return at;
}

static bool is_parted(const struct rows *rows, const char *at)
{
    return at == rows->end || is_end(*at) ||
           (rows->separator == ' ' ? field_is_blank(*at) : *at == rows->separator);
}

/* Where the quotes end that begin at `from`. A doubled one is one that ends and one that begins. */
static const char *pass_quotes(struct rows *rows, const char *from)
{
    const char *at = from, *close;
    do {
        close = memchr(at + 1, '"', (size_t)(rows->end - at - 1));
        at = close ? close + 1 : rows->end;
    } while (at < rows->end && *at == '"');
    if (!rows->bad &&
        (!close || !is_parted(rows, rows->separator == ' ' ? at : skip_blanks(rows, at))))
        rows->bad = from;
    return at;
}

/* Where the field that begins at `from` ends: at what parts fields, at the end of its row, or at
   the end of all. */
static const char *find_end(struct rows *rows, const char *from)
{
    const char separator = rows->separator;
    const char *at = from < rows->end && *from == '"' ? pass_quotes(rows, from) : from;
    if (separator == ' ')
        while (at < rows->end && !field_is_blank(*at) && !is_end(*at))
            at++;
    else
        while (at < rows->end && *at != separator && !is_end(*at))
            at++;
    return at;
}

struct field rows_field(struct rows *rows)
{
    const char *from = skip_blanks(rows, rows->at);
    const char *const stop = find_end(rows, from);
    if (rows->separator == ' ') {
        rows->at = skip_blanks(rows, stop);
        rows->more = rows->at < rows->end && !is_end(*rows->at);
    } else {
        rows->more = stop < rows->end && !is_end(*stop);
        rows->at = stop + rows->more;
    }
    const char *to = stop;
    while (to > from && field_is_blank(to[-1]))
        to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"')
        from++, to--;
    return (struct field){from, (size_t)(to - from)};
}

/* How many fields there are in the rest of a row that has no quotes: they begin with one. */
static size_t count_fields(char separator, const char *from, const char *to)
{
    size_t count = 1;
    if (separator == ' ')
        for (; from + 1 < to; from++)
            count += field_is_blank(from[0]) && !field_is_blank(from[1]);
    else
        for (; from < to; from++)
            count += *from == separator;
    return count;
}

size_t rows_skip(struct rows *rows)
{
    size_t count = 0;
    while (rows->more) { /* a quote may lead over ends of lines */
        const size_t left = (size_t)(rows->end - rows->at);
        const char *const newline = memchr(rows->at, '\n', left);
        const size_t line = newline ? (size_t)(newline - rows->at) : left;
        if (memchr(rows->at, '"', line) || memchr(rows->at, '\r', line)) {
            (void)rows_field(rows);
            count++;
        } else {
            count += count_fields(rows->separator, rows->at, rows->at + line);
            rows->at += line;
            rows->more = false;
        }
    }
    rows->at += rows->at < rows->end;
    return count;
}

bool rows_next(struct rows *rows)
{
    while (rows->at < rows->end) {
        const char *at = rows->at;
        while (at < rows->end && field_is_blank(*at))
            at++;
        if (at < rows->end && *at == '#')
            while (at < rows->end && !is_end(*at))
                at++;
        rows->more = at < rows->end && !is_end(*at);
        if (rows->more)
            return true;
        rows->at = at + (at < rows->end);
    }
    return false;
}

static const char *line_end(const struct rows *rows, const char *at)
{
    while (at < rows->end && !is_end(*at))
        at++;
    return at;
}

bool rows_begin(struct rows *rows, const char *text, size_t size, const char *place)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8 */
    const char *const begin = text + (size >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0);
    *rows = (struct rows){.place = place, .begin = begin, .at = begin, .end = text + size};
    if (!rows_next(rows))
        return false;
    rows->separator = field_separator(rows->at, (size_t)(line_end(rows, rows->at) - rows->at));
    return true;
}

SELDOM const char *rows_place(const struct rows *rows, const char *at, char text[ROWS_PLACE])
{
    size_t line = 1;
    for (const char *k = rows->begin; k < at; k++)
        line += *k == '\n' || (*k == '\r' && !(k + 1 < rows->end && k[1] == '\n'));
    snprintf(text, ROWS_PLACE, "%s:%zu", rows->place, line);
    return text;
}

SELDOM enum status rows_refuse(const struct rows *rows, struct field field, const char *what)
{
    char place[ROWS_PLACE], quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s", rows_place(rows, field.text, place),
                     error_quote(field.text, field.length, quoted), what);
}

SELDOM enum status rows_refuse_quotes(const struct rows *rows)
{
    const size_t length = (size_t)(line_end(rows, rows->bad) - rows->bad);
    return rows_refuse(rows, (struct field){rows->bad, length}, FIELD_BAD_QUOTES);
}
