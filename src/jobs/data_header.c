#include "jobs/data_header.h"

#include "base/name.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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

static struct field field_at(struct rows row, size_t column)
{
    struct field field = rows_field(&row);
    while (column-- > 0 && row.more)
        field = rows_field(&row);
    return field;
}

const char *header_name(const struct header *header, size_t column, char text[ERROR_QUOTED])
{
    if (!header->is) {
        snprintf(text, ERROR_QUOTED, "%zu", column + 1);
        return text;
    }
    const struct field field = field_at(header->first, column);
    const struct typed_name name = typed_name(field);
    return name.type ? error_quote(name.bare.text, name.bare.length, text)
                     : error_quote(field.text, field.length, text);
}

/* What was asked for, as the first row has it. */
struct found {
    size_t times, column; /* how many columns are called so, and the first of them */
    bool whole;           /* with all that is behind a colon */
};

/* Counts the fields, sees whether they are a header, and looks for what is called so. */
static struct found look(struct header *header, const char *asked)
{
    struct found found = {0};
    struct rows row = header->first;
    for (; row.more; header->fields++) {
        const struct field field = rows_field(&row), bare = typed_name(field).bare;
        header->is |= field.length > 0 && !field_is_number(field);
        const bool whole = asked && name_is(field.text, field.length, asked);
        if (!whole && !(asked && name_is(bare.text, bare.length, asked)))
            continue;
        if (found.times++ == 0)
            found.column = header->fields, found.whole = whole;
    }
    header->first.bad = row.bad;
    if (!header->is) /* numbers are no names */
        found.times = 0;
    return found;
}

/* Which column is read. */
static enum status choose(struct header *header, const struct found *found, const char *asked)
{
    const struct rows *const first = &header->first;
    char place[ROWS_PLACE], quoted[ERROR_QUOTED];
    int64_t number = 0;
    if (!asked && header->fields > 1)
        return error_set(STATUS_USAGE,
                         "%s: has %zu columns; say which: FILE:col=COLUMN, its name or number",
                         first->place, header->fields);
    if (found->times > 1)
        return error_set(STATUS_USAGE,
                         "%s: column %s is there twice; give one another name, or say its number, "
                         "from 1",
                         rows_place(first, first->at, place),
                         error_quote(asked, strlen(asked), quoted));
    if (found->times == 1)
        header->column = found->column;
    else if (asked && number_parse(asked, strlen(asked), &number) == NUMBER_OK && number >= 1 &&
             (uint64_t)number <= header->fields)
        header->column = (size_t)number - 1;
    else if (asked)
        return error_set(
            STATUS_USAGE,
            "%s: has no column %s; give a name of its header or a number from 1 to %zu",
            first->place, asked, header->fields);
    return STATUS_OK;
}

/*
 * A header has a name above the column. Where a number seems to stand there the file has no header,
 * and what is read as one would be missing in all sums.
 */
static SELDOM enum status refuse_number(const struct header *header, struct field field)
{
    char what[512], quoted[ERROR_QUOTED];
    snprintf(what, sizeof what,
             "is read as the name of its column, as not all of the row is numbers; put the number "
             "right, or a row of names above it, or, if it is a name, give that: FILE:col=%s",
             error_quote(field.text, field.length, quoted));
    return rows_refuse(&header->first, field, what);
}

static SELDOM enum status refuse_type(const struct header *header, struct field field,
                                      enum column_type type)
{
    char what[512], quoted[ERROR_QUOTED];
    if (type == COLUMN_TEXT)
        return rows_refuse(&header->first, field,
                           "is a column of texts, and an array has numbers; call it :int or :real, "
                           "or give another column");
    snprintf(what, sizeof what,
             "has no type of columns: there are int, real and text; call it :int or :real, or, if "
             "all of it is a name, give that: FILE:col=%s",
             error_quote(field.text, field.length, quoted));
    return rows_refuse(&header->first, field, what);
}

/* Finds the type that the column's name has behind a colon. Whoever gives all of a name, as of
   "08:30", says that it has none. */
static enum status find_type(struct header *header, const struct found *found)
{
    const struct field field = field_at(header->first, header->column);
    const struct typed_name name = typed_name(field);
    if (found->times == 0 && is_like_a_number(field))
        return refuse_number(header, field);
    header->type = name.type;
    return name.type == COLUMN_TEXT || (name.given && !name.type && !found->whole)
               ? refuse_type(header, field, name.type)
               : STATUS_OK;
}

enum status header_read(struct header *header, struct rows *rows, const char *column)
{
    *header = (struct header){.first = *rows};
    const struct found found = look(header, column);
    if (header->first.bad)
        return rows_refuse_quotes(&header->first);
    enum status status = choose(header, &found, column);
    if (!status && header->is)
        status = find_type(header, &found);
    if (!status && header->is)
        (void)rows_skip(rows);
    return status;
}
