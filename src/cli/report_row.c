#include "cli/report_row.h"

#include "base/number.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/*
 * A row is put together by hand, as printf would take longer than a small job does. What does not
 * fit goes to standard output, so a row may have any length.
 */
struct line {
    char *at;
    bool written; /* so far all writes were good */
    char text[1024];
};

enum { ROOM = 128 }; /* for a number, or a value, with what stands before it */

static void flush(struct line *line)
{
    const size_t length = (size_t)(line->at - line->text);
    line->written &= fwrite_unlocked(line->text, 1, length, stdout) == length;
    line->at = line->text;
}

/* Sees to it that ROOM bytes more have room. */
static void make_room(struct line *line)
{
    if (line->at - line->text > (ptrdiff_t)sizeof line->text - ROOM)
        flush(line);
}

static void put(struct line *line, const char *text, size_t length)
{
    while (length > 0) {
        make_room(line);
        const size_t part = length < ROOM ? length : ROOM;
        memcpy(line->at, text, part);
        line->at += part;
        text += part;
        length -= part;
    }
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* RFC 4180: a field that holds what parts fields stands in quotes, which are doubled within. */
static void put_field(struct line *line, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        put_text(line, text);
        return;
    }
    put_text(line, "\"");
    for (size_t length; *text; text += length + (text[length] == '"')) {
        length = strcspn(text, "\"");
        put(line, text, length);
        if (text[length] == '"')
            put_text(line, "\"\"");
    }
    put_text(line, "\"");
}

/* Text as it may be shown: what a terminal would obey, and bytes that are not UTF-8, are escaped as
   JSON does it. With `quotes` quotes are, too. */
static void put_visible(struct line *line, const char *text, bool quotes)
{
    while (*text) {
        uint32_t code;
        char escape[8];
        const size_t length = utf8_decode(text, SIZE_MAX, &code);
        if (quotes && (*text == '"' || *text == '\\')) {
            snprintf(escape, sizeof escape, "\\%c", *text);
            put_text(line, escape);
        } else if (length == 0) {
            put_text(line, "\\ufffd");
        } else if (utf8_commands(code)) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code);
            put_text(line, escape);
        } else {
            put(line, text, length);
        }
        text += length ? length : 1;
    }
}

static void put_string(struct line *line, const char *text)
{
    put_text(line, "\"");
    put_visible(line, text, true);
    put_text(line, "\"");
}

/* Is it a number for JSON, and a whole one? */
static bool is_whole(const char *text)
{
    const char *const digits = text + (*text == '-');
    const size_t length = strspn(digits, "0123456789");
    return length > 0 && length < 16 && !digits[length] && (length == 1 || digits[0] != '0');
}

/* The run number, or the label that takes its place. */
static void put_run(struct line *line, const struct report *report, uint64_t run,
                    const struct row *row)
{
    if (!row || report->label == report->columns->count) {
        line->at = number_print((int64_t)run, line->at);
        return;
    }
    const char *text = row_texts(report->columns, row);
    for (size_t k = 0; k < report->label; k++)
        text += strlen(text) + 1;
    if (report->format == FORMAT_CSV)
        put_field(line, text);
    else if (report->format == FORMAT_JSON && !is_whole(text))
        put_string(line, text);
    else
        put_visible(line, text, false);
}

static void put_columns(struct line *line, const struct report *report, const struct row *row)
{
    bool first = true;
    const char *text = row_texts(report->columns, row);
    for (size_t k = 0; k < report->columns->count; text += strlen(text) + 1, k++) {
        const struct column *const column = &report->columns->column[k];
        if (k == report->label ||
            (report->format == FORMAT_TEXT && (column->type != COLUMN_TEXT || !*text)))
            continue;
        if (report->format == FORMAT_CSV) {
            put_text(line, ",");
            put_field(line, text);
        } else if (report->format == FORMAT_JSON) {
            put_text(line, first ? ", \"columns\": {" : ", ");
            put_string(line, column->name);
            put_text(line, ": ");
            put_string(line, text);
        } else {
            put_text(line, " ");
            put_visible(line, text, false);
        }
        first = false;
    }
    if (report->format == FORMAT_JSON && !first)
        put_text(line, "}");
}

bool report_row_is_single(const struct report *report)
{
    return report->count == 1 && report->results->terms == RESULTS_NONE;
}

bool report_row_value(const struct report *report, const union value *values, size_t which,
                      char text[EXACT_TEXT])
{
    static const char *const none[] = {
        [FORMAT_TEXT] = "-", [FORMAT_CSV] = "", [FORMAT_JSON] = "null"};
    if (results_is_empty(report->results, values, which)) {
        strcpy(text, none[report->format]);
        return false;
    }
    exact_print(report->results->result[which].kind, values[which], text);
    return true;
}

static void put_values(struct line *line, const struct report *report, const union value *values)
{
    const bool single = report_row_is_single(report);
    char text[EXACT_TEXT];
    if (report->format == FORMAT_JSON && !single)
        put_text(line, ", \"sums\": {");
    for (size_t r = 0; r < report->count; r++) {
        make_room(line);
        if (report->format == FORMAT_TEXT) {
            line->at = stpcpy(stpcpy(stpcpy(line->at, ", "), report->names[r]), " is: ");
        } else if (report->format == FORMAT_CSV) {
            *line->at++ = ',';
        } else {
            line->at = stpcpy(line->at, r > 0 || single ? ", \"" : "\"");
            line->at = stpcpy(stpcpy(line->at, single ? "sum" : report->names[r]), "\": ");
        }
        make_room(line);
        const bool quoted =
            report_row_value(report, values, r, text) && report->format == FORMAT_JSON;
        if (quoted)
            *line->at++ = '"';
        line->at = stpcpy(line->at, text);
        if (quoted)
            *line->at++ = '"';
    }
    if (report->format == FORMAT_JSON)
        put_text(line, single ? "}" : "}}");
}

bool report_row_header(const struct report *report)
{
    struct line line = {.at = line.text, .written = true};
    put_text(&line, report->keyed ? "key" : report->listed ? "run" : "run,start,end");
    for (size_t k = 0; k < report->columns->count; k++) {
        if (k == report->label || report->keyed)
            continue;
        put_text(&line, ",");
        put_text(&line, report->columns->column[k].name);
    }
    if (report->listed)
        put_text(&line, ",i,value");
    for (size_t r = 0; r < report->count && !report->listed; r++) {
        put_text(&line, ",");
        put_text(&line, report->names[r]);
    }
    put_text(&line, "\n");
    flush(&line);
    return line.written;
}

/* A row ends its line, so that a bar on the same terminal does not wipe it away. */
bool report_row(const struct report *report, uint64_t run, const struct job *job,
                const union value *values)
{
    struct line line;
    line.at = line.text;
    line.written = true;
    if (report->format == FORMAT_TEXT)
        line.at = stpcpy(line.at, "Run #");
    else if (report->format == FORMAT_JSON)
        line.at = stpcpy(line.at, report->jobs > 0 ? ",{\"run\": " : "{\"run\": ");
    put_run(&line, report, run, job->row);
    make_room(&line);
    if (report->format == FORMAT_CSV) {
        *line.at++ = ',';
        line.at = number_print(job->start, line.at);
        *line.at++ = ',';
        line.at = number_print(job->end, line.at);
    } else if (report->format == FORMAT_JSON) {
        line.at = number_print(job->start, stpcpy(line.at, ", \"start\": \""));
        line.at = number_print(job->end, stpcpy(line.at, "\", \"end\": \""));
        *line.at++ = '"';
    }
    if (job->row)
        put_columns(&line, report, job->row);
    put_values(&line, report, values);
    *line.at++ = '\n';
    flush(&line);
    return line.written;
}

bool report_row_key(const struct report *report, int64_t key, bool is_signed,
                    const union value *values)
{
    static const char *const before[] = {
        [FORMAT_TEXT] = "Key ", [FORMAT_CSV] = "", [FORMAT_JSON] = "{\"key\": \""};
    struct line line;
    line.at = line.text;
    line.written = true;
    if (report->format == FORMAT_JSON && report->jobs > 0)
        *line.at++ = ',';
    put_text(&line, before[report->format]);
    const int128 number = is_signed ? (int128)key : (int128)(uint64_t)key;
    line.at = exact_print(EXACT_INTEGER, (union value){.integer = number}, line.at);
    if (report->format == FORMAT_JSON)
        *line.at++ = '"';
    put_values(&line, report, values);
    *line.at++ = '\n';
    flush(&line);
    return line.written;
}

bool report_row_hit(const struct report *report, struct job job, const struct hit *hit)
{
    static const struct {
        const char *before, *run, *i, *value, *after;
    } words[] = {
        [FORMAT_TEXT] = {"", "Run #", ", ", ": ", "\n"},
        [FORMAT_CSV] = {"", "", ",", ",", "\n"},
        [FORMAT_JSON] = {",", "{\"run\": ", ", \"i\": \"", "\", \"value\": \"", "\"}\n"},
    };
    struct line line;
    line.at = line.text;
    line.written = true;
    if (report->jobs > 0)
        line.at = stpcpy(line.at, words[report->format].before);
    line.at = stpcpy(line.at, words[report->format].run);
    put_run(&line, report, hit->run, job.row);
    if (job.row)
        put_columns(&line, report, job.row);
    make_room(&line);
    line.at = number_print(hit->i, stpcpy(line.at, words[report->format].i));
    line.at = stpcpy(line.at, words[report->format].value);
    make_room(&line);
    line.at = exact_print(report->hit_kind, hit->value, line.at);
    line.at = stpcpy(line.at, words[report->format].after);
    flush(&line);
    return line.written;
}

void report_row_string(const char *text)
{
    struct line line = {.at = line.text, .written = true};
    put_string(&line, text);
    flush(&line);
}
