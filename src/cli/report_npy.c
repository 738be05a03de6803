#include "cli/report_npy.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "cli/output.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 17 }; /* bytes of rows that are written at once */

/*
 * A row is a number for each field: an int64_t, a double, or where its text begins among all texts.
 */
static struct {
    uint64_t count;
    bool begun;     /* the start was written, to be changed at the end */
    size_t pass_at; /* bytes of rows that are passed on at once */
    struct bytes rows, texts;
    size_t longest[COLUMNS_MAX]; /* text of each column, in characters */
    bool natural_keys;           /* keys have no sign */
} kept = {.pass_at = PIECE};

static size_t count_characters(const char *text)
{
    size_t count = 0;
    uint32_t code;
    for (size_t length; *text; text += length ? length : 1, count++)
        length = utf8_decode(text, SIZE_MAX, &code);
    return count;
}

/* The first of so many fields of a new row; NULL if memory is short. */
static int64_t *begin_row(size_t fields)
{
    const size_t at = kept.rows.length;
    if (!bytes_resize(&kept.rows, at + fields * sizeof(int64_t)))
        return NULL;
    return (int64_t *)(void *)(kept.rows.data + at);
}

static SELDOM enum status refuse_memory(void)
{
    return error_set(STATUS_FAILED, "out of memory for the rows of .npy; take --format csv");
}

static int64_t bits_of(double real)
{
    int64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

/* The field of a column. */
static int64_t column_field(const struct report *report, size_t k, const struct row *row,
                            const char *text)
{
    const struct column *const column = &report->columns->column[k];
    int64_t field = (int64_t)kept.texts.length;
    if (column->type != COLUMN_TEXT) {
        memcpy(&field, &row->numbers[column->number], sizeof field);
        return field;
    }
    const size_t characters = count_characters(text);
    kept.longest[k] = characters > kept.longest[k] ? characters : kept.longest[k];
    bytes_put(&kept.texts, text, strlen(text) + 1);
    return field;
}

static const char *text_of(const struct report *report, const struct row *row, size_t k)
{
    const char *text = row_texts(report->columns, row);
    for (; k > 0; k--)
        text += strlen(text) + 1;
    return text;
}

static SELDOM enum status refuse_value(const struct report *report, size_t r, const char *why)
{
    return error_set(STATUS_FAILED,
                     "%s of %s %" PRIu64 " %s, and .npy has no such integers; take --format csv",
                     report->names[r], report->keyed ? "row" : "job", kept.count + 1, why);
}

/* Writes the values to the last fields of a row. A real that there is none of is NaN. */
static enum status put_values(const struct report *report, const union value *values,
                              int64_t *field)
{
    for (size_t r = 0; r < report->count; r++) {
        const bool empty = results_is_empty(report->results, values, r);
        const bool is_real = report->results->result[r].kind == EXACT_REAL;
        if (is_real)
            *field++ = bits_of(empty ? (double)NAN : values[r].real);
        else if (empty)
            return refuse_value(report, r, "is of no terms");
        else if (values[r].integer != (int64_t)values[r].integer)
            return refuse_value(report, r, "is beyond 64 bits");
        else
            *field++ = (int64_t)values[r].integer;
    }
    kept.count++;
    return kept.texts.failed ? refuse_memory() : STATUS_OK;
}

static const char order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? '<' : '>';

/* One more field of the array, "('a', '<f8'), ". */
static void describe(FILE *out, const char *name, char kind, size_t size)
{
    fprintf(out, "('%s', '%c%c%zu'), ", name, order, kind, size);
}

/* numpy has no texts without a character. */
static size_t width_of(size_t k)
{
    return kept.longest[k] > 0 ? kept.longest[k] : 1;
}

static void describe_column(FILE *out, const struct report *report, size_t k, const char *name)
{
    const enum column_type type = report->columns->column[k].type;
    if (type == COLUMN_TEXT)
        describe(out, name, 'U', width_of(k));
    else
        describe(out, name, type == COLUMN_REAL ? 'f' : 'i', 8);
}

/* The fields before those of the results. */
static void describe_job(FILE *out, const struct report *report)
{
    if (report->label < report->columns->count)
        describe_column(out, report, report->label, "run");
    else
        describe(out, "run", 'i', 8);
    describe(out, "start", 'i', 8);
    describe(out, "end", 'i', 8);
    for (size_t k = 0; k < report->columns->count; k++)
        if (k != report->label)
            describe_column(out, report, k, report->columns->column[k].name);
}

static void describe_all(FILE *out, const struct report *report)
{
    fputs("{'descr': [", out);
    if (report->keyed)
        describe(out, "key", kept.natural_keys ? 'u' : 'i', 8);
    else
        describe_job(out, report);
    for (size_t r = 0; r < report->count; r++)
        describe(out, report->names[r], report->results->result[r].kind == EXACT_REAL ? 'f' : 'i',
                 8);
    fprintf(out, "], 'fortran_order': False, 'shape': (%" PRIu64 ",), }", kept.count);
}

static bool write_bytes(const void *bytes, size_t size)
{
    return fwrite_unlocked(bytes, 1, size, stdout) == size;
}

/* Fills the bytes before the rows in: what the text says, in so many bytes. */
static void fill_start(unsigned char *start, size_t length, size_t before, const char *text)
{
    memset(start, ' ', length);
    memcpy(start, "\x93NUMPY", 6);
    start[6] = before == 12 ? 2 : 1;
    start[7] = 0;
    for (size_t k = 0; k < before - 8; k++)
        start[8 + k] = (unsigned char)((length - before) >> 8 * k);
    memcpy(start + before, text, strlen(text));
    start[length - 1] = '\n';
}

/*
 * What stands before the rows, *length bytes, for the caller to free; NULL: memory is short. The
 * length is a multiple of 64, and the same whatever the count.
 */
static unsigned char *make_start(const struct report *report, size_t *length)
{
    enum { DIGITS = 20 };
    char *text = NULL;
    size_t size;
    FILE *const out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    describe_all(out, report);
    const bool complete = !ferror(out), closed = fclose(out) == 0;
    unsigned char *start = NULL;
    if (complete && closed) {
        const size_t most = size + DIGITS - (size_t)snprintf(NULL, 0, "%" PRIu64, kept.count);
        const size_t before = most > 65000 ? 12 : 10;
        *length = (before + most + 64) / 64 * 64;
        start = malloc(*length);
        if (start)
            fill_start(start, *length, before, text);
    }
    free(text);
    return start;
}

static enum status write_start(const struct report *report)
{
    size_t length;
    unsigned char *const start = make_start(report, &length);
    if (!start)
        return refuse_memory();
    const enum status status =
        kept.begun ? output_change_start(start, length) : output_check(write_bytes(start, length));
    free(start);
    return status;
}

/* Writes what there is of rows without texts. */
static enum status write_piece(void)
{
    const enum status status = output_check(write_bytes(kept.rows.data, kept.rows.length));
    bytes_clear(&kept.rows);
    return status;
}

static bool has_texts(const struct columns *columns)
{
    bool has = false;
    for (size_t k = 0; k < columns->count; k++)
        has |= columns->column[k].type == COLUMN_TEXT;
    return has;
}

/* After a row: writes what there is, if it is enough, and the file can be changed later. */
static enum status pass_on(const struct report *report)
{
    if (kept.rows.length < kept.pass_at)
        return STATUS_OK;
    if (!kept.begun && (!output_can_change() || has_texts(report->columns))) {
        kept.pass_at = SIZE_MAX;
        return STATUS_OK;
    }
    enum status status = kept.begun ? STATUS_OK : write_start(report);
    kept.begun = true;
    return status ? status : write_piece();
}

enum status report_npy_row(const struct report *report, uint64_t run, const struct job *job,
                           const union value *values)
{
    const size_t columns = job->row ? report->columns->count : 0, label = report->label;
    int64_t *field = begin_row(3 + columns - (label < columns) + report->count);
    if (!field)
        return refuse_memory();
    *field++ = label < columns
                   ? column_field(report, label, job->row, text_of(report, job->row, label))
                   : (int64_t)run;
    *field++ = job->start;
    *field++ = job->end;
    const char *text = job->row ? row_texts(report->columns, job->row) : "";
    for (size_t k = 0; k < columns; text += strlen(text) + 1, k++)
        if (k != label)
            *field++ = column_field(report, k, job->row, text);
    const enum status status = put_values(report, values, field);
    return status ? status : pass_on(report);
}

enum status report_npy_key(const struct report *report, int64_t key, bool is_signed,
                           const union value *values)
{
    kept.natural_keys = !is_signed;
    int64_t *const field = begin_row(1 + report->count);
    if (!field)
        return refuse_memory();
    *field = key;
    return put_values(report, values, field + 1);
}

static bool write_text(const char *text, size_t width)
{
    bool written = true;
    for (size_t k = 0, length; k < width; k++, text += length) {
        uint32_t code = 0;
        length = *text ? utf8_decode(text, SIZE_MAX, &code) : 0;
        if (*text && length == 0)
            code = 0xfffd, length = 1;
        written &= write_bytes(&code, sizeof code);
    }
    return written;
}

/* Writes the rows: at once where there is no text in them. */
static bool write_rows(const struct report *report)
{
    size_t field = 0;
    bool written = true;
    size_t text_at[COLUMNS_MAX + 3], text_column[COLUMNS_MAX + 3], texts = 0;
    const struct columns *const columns = report->columns;
    for (size_t k = 0; k < columns->count && !report->keyed; k++) {
        const size_t place = k == report->label ? 0 : 3 + field++;
        if (columns->column[k].type != COLUMN_TEXT)
            continue;
        /* in the order of the fields: the label comes first */
        const size_t at = k == report->label ? 0 : texts;
        memmove(text_at + at + 1, text_at + at, (texts - at) * sizeof *text_at);
        memmove(text_column + at + 1, text_column + at, (texts - at) * sizeof *text_column);
        text_at[at] = place;
        text_column[at] = k;
        texts++;
    }
    const size_t width = (3 + field + report->count) * sizeof(int64_t);
    const unsigned char *row = kept.rows.data;
    if (texts == 0)
        return write_bytes(row, kept.rows.length);
    for (uint64_t j = 0; j < kept.count && written; j++, row += width) {
        size_t at = 0;
        for (size_t k = 0; k < texts; k++) {
            int64_t offset;
            const size_t here = text_at[k] * sizeof offset;
            memcpy(&offset, row + here, sizeof offset);
            written &= write_bytes(row + at, here - at) &&
                       write_text((const char *)kept.texts.data + offset, width_of(text_column[k]));
            at = here + sizeof offset;
        }
        written &= write_bytes(row + at, width - at);
    }
    return written;
}

enum status report_npy_write(const struct report *report)
{
    enum status status = kept.begun ? write_piece() : write_start(report);
    if (!status && !kept.begun)
        return output_check(write_rows(report));
    return status ? status : write_start(report);
}

void report_npy_clear(void)
{
    kept.count = 0;
    kept.begun = false;
    kept.pass_at = PIECE;
    memset(kept.longest, 0, sizeof kept.longest);
    bytes_free(&kept.rows);
    bytes_free(&kept.texts);
}
