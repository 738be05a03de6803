#include "jobs/job_file.h"

#include "base/clock.h"
#include "base/digest.h"
#include "jobs/job_lines.h"
#include "jobs/job_range.h"
#include "jobs/job_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job_file {
    const struct job_spec *spec;

    /* A table. */
    bool is_table;
    bool header_read; /* since the beginning */
    struct table table;
    struct columns columns;
    struct job_file_ahead ahead;
    uint64_t rows;                 /* that were read since the beginning */
    uint64_t header;               /* its digest */
    uint64_t digest, digest_ahead; /* of the rows that were read, and that were read ahead */

    struct lines lines;
};

enum status job_file_open(struct job_file **opened, const struct job_spec *spec)
{
    struct job_file *const file = calloc(1, sizeof *file);
    if (!file)
        return error_set(STATUS_FAILED, "%s: out of memory for its buffer", spec->input);
    file->spec = spec;
    file->digest = DIGEST_START;
    const enum status status = lines_open(&file->lines, spec->input);
    if (status)
        free(file);
    else
        *opened = file;
    return status;
}

void job_file_close(struct job_file *file)
{
    if (!file)
        return;
    lines_close(&file->lines);
    columns_clear(&file->columns);
    free(file);
}

const char *job_file_place(struct job_file *file)
{
    return lines_place(&file->lines);
}

/* The next line that is neither blank nor a comment. */
static enum status next_row(struct job_file *file, bool wait, enum job_next *next)
{
    struct lines *const lines = &file->lines;
    enum status status;
    do
        status = lines_next(lines, wait, next);
    while (!status && *next == JOB_READ && table_is_blank(lines->text.text, lines->text.length));
    return status;
}

/* STATUS_STOPPED if a stop is asked for, or if the time is over: then with an error. */
static enum status look_for_stop(const struct job_file *file, struct control *control)
{
    const uint64_t stop_ns = file->spec->stop_ns;
    if (control_stop(control))
        return STATUS_STOPPED;
    if (stop_ns && clock_ns() >= stop_ns)
        return error_set(STATUS_STOPPED,
                         "%s: the time was over before the first job was known; run the same "
                         "command again",
                         file->lines.name);
    return STATUS_OK;
}

/* The same, waited for. */
static enum status await_row(struct job_file *file, struct control *control, enum job_next *next)
{
    enum status status;
    do {
        status = next_row(file, true, next);
        if (!status && *next == JOB_NOT_YET)
            status = look_for_stop(file, control);
    } while (!status && *next == JOB_NOT_YET);
    return status;
}

/* The row in hand: its text may be written to. */
static char *row_text(struct job_file *file)
{
    return (char *)file->lines.text.text;
}

/*
 * The digest of what so_far is the digest of, followed by a row: eight bytes at a time, as it is
 * for this process alone. The length keeps rows apart.
 */
static uint64_t digest_row(uint64_t so_far, struct field row)
{
    uint64_t word = row.length;
    for (size_t at = 0;; at += sizeof word) {
        so_far = (so_far ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        so_far ^= so_far >> 32;
        if (at >= row.length)
            return so_far;
        word = 0;
        memcpy(&word, row.text + at, row.length - at < sizeof word ? row.length - at : sizeof word);
    }
}

static SELDOM enum status refuse_change(struct job_file *file)
{
    return error_set(STATUS_FAILED,
                     "%s: was changed while it was read; what was reported before this line holds "
                     "for the file as it was; run again, on a copy if it goes on changing",
                     job_file_place(file));
}

/* Does the job lie where all of them were seen to lie? What is proved of a term rests on that. */
static bool as_foreseen(const struct job_file *file, struct job job)
{
    const struct job_file_ahead *const ahead = &file->ahead;
    const struct columns *const columns = &file->columns;
    bool good =
        !ahead->known || job_terms(job) == 0 || (job.start >= ahead->low && job.end <= ahead->high);
    for (size_t k = 0; k < columns->count; k++) {
        const struct column *const column = &columns->column[k];
        if (column->type == COLUMN_INTEGER) {
            const int64_t number = job.row->numbers[column->number].integer;
            good = good && number >= column->low && number <= column->high;
        }
    }
    return good;
}

/* What the next row has of its range without its own fields. */
static enum status begin_row(struct job_file *file, struct job *job)
{
    const struct job_spec *const spec = file->spec;
    const uint64_t row = file->rows++;
    *job = (struct job){spec->start, spec->end, NULL};
    if (!spec->offsets)
        return STATUS_OK;
    if (row >= spec->segments)
        return error_set(STATUS_USAGE,
                         "%s: there are %" PRIu64 " segments, and more rows; give a row for each "
                         "segment",
                         job_file_place(file), spec->segments);
    *job = (struct job){spec->offsets[row], spec->offsets[row + 1], NULL};
    return STATUS_OK;
}

/* The job that the row in hand is; what it lacks of its range comes from the options. */
static enum status parse_row(struct job_file *file, struct job *job)
{
    const struct field text = file->lines.text;
    file->digest = digest_row(file->digest, text);
    enum status status = begin_row(file, job);
    if (status)
        return status;
    status = table_row(&file->table, row_text(file), text.length, job_file_place(file), job);
    if (status || as_foreseen(file, *job))
        return status;
    free(job->row);
    return refuse_change(file);
}

/* Lets the row in hand have its say in the types of the columns and the ranges of the jobs. */
static enum status see_row(struct job_file *file)
{
    const struct field text = file->lines.text;
    struct job_file_ahead *const ahead = &file->ahead;
    struct job job;
    file->digest_ahead = digest_row(file->digest_ahead, text);
    enum status status = begin_row(file, &job);
    if (!status)
        status = table_see(&file->table, row_text(file), text.length, job_file_place(file), &job);
    if (status || job_terms(job) == 0)
        return status;
    if (__builtin_add_overflow(ahead->terms, job_terms(job), &ahead->terms))
        ahead->terms = UINT64_MAX;
    ahead->low = job.start < ahead->low ? job.start : ahead->low;
    ahead->high = job.end > ahead->high ? job.end : ahead->high;
    return STATUS_OK;
}

/*
 * Reads a regular file to its end, or to a bad row, which is told of when the jobs before it are
 * finished.
 */
static enum status read_ahead(struct job_file *file, struct control *control)
{
    enum job_next next = JOB_READ;
    enum status status = STATUS_OK;
    file->ahead = (struct job_file_ahead){.low = INT64_MAX, .high = INT64_MIN};
    file->digest_ahead = DIGEST_START;
    for (uint64_t rows = 1; !status && next == JOB_READ; rows++) {
        status = await_row(file, control, &next);
        if (!status && next == JOB_READ)
            status = see_row(file);
        if (!status && rows % 4096 == 0)
            status = look_for_stop(file, control);
    }
    if (status == STATUS_STOPPED)
        return status;
    file->ahead.known = !status;
    file->columns.all_seen = true;
    if (status)
        error_clear();
    return job_file_rewind(file);
}

/* The first row of a pipe decides on the types. */
static enum status look_at_row(struct job_file *file, struct control *control)
{
    enum job_next next;
    enum status status = await_row(file, control, &next);
    if (status || next != JOB_READ)
        return status;
    const struct field text = file->lines.text;
    char *const copy = malloc(text.length + 1);
    if (!copy)
        return error_set(STATUS_FAILED, "%s: out of memory for a row", file->lines.name);
    struct job job = {file->spec->start, file->spec->end, NULL};
    memcpy(copy, text.text, text.length);
    status = table_see(&file->table, copy, text.length, job_file_place(file), &job);
    free(copy);
    lines_put_back(&file->lines);
    if (status)
        error_clear(); /* it is told of when the row is read */
    return STATUS_OK;
}

static enum status begin_table(struct job_file *file)
{
    struct lines *const lines = &file->lines;
    char quoted[ERROR_QUOTED];
    error_quote(lines->text.text, lines->text.length, quoted);
    file->is_table = file->header_read = true;
    file->header = digest_row(DIGEST_START, lines->text);
    const enum status status = table_header(&file->table, &file->columns, row_text(file),
                                            lines->text.length, job_file_place(file));
    lines->separator = file->table.separator;
    if (!status && file->spec->offsets && (file->table.has_start || file->table.has_end))
        return error_set(STATUS_USAGE,
                         "%s: has a column start or end, and --segments tells these; leave them "
                         "out",
                         job_file_place(file));
    if (status || file->spec->offsets || file->table.has_end || file->spec->has_end)
        return status;
    return error_set(STATUS_USAGE,
                     "%s: %s is read as a header, as not all of it is numbers, and it names no "
                     "end; give --end, or numbers: " LINE_FORM,
                     job_file_place(file), quoted);
}

enum status job_file_prepare(struct job_file *file, struct control *control)
{
    const struct field *const text = &file->lines.text;
    enum job_next next;
    enum status status = await_row(file, control, &next);
    if (status || next != JOB_READ)
        return status;
    const char *const comment = memchr(text->text, '#', text->length);
    const size_t length = comment ? (size_t)(comment - text->text) : text->length;
    if (file->spec->offsets && !table_is_header(text->text, length))
        return error_set(STATUS_USAGE,
                         "%s: is no header; beside --segments give a table of columns",
                         job_file_place(file));
    if (!table_is_header(text->text, length)) {
        lines_put_back(&file->lines);
        return STATUS_OK;
    }
    status = begin_table(file);
    if (!status)
        status = file->lines.regular ? read_ahead(file, control) : look_at_row(file, control);
    columns_settle(&file->columns);
    return status;
}

const struct columns *job_file_columns(const struct job_file *file)
{
    return &file->columns;
}

struct job_file_ahead job_file_ahead(const struct job_file *file)
{
    return file->ahead;
}

static enum status next_of_table(struct job_file *file, bool wait, enum job_next *next,
                                 struct job *job)
{
    enum status status = next_row(file, wait, next);
    if (!status && *next == JOB_READ && !file->header_read) {
        file->header_read = true;
        if (digest_row(DIGEST_START, file->lines.text) != file->header)
            return refuse_change(file);
        status = next_row(file, wait, next);
    }
    if (status || *next == JOB_NOT_YET)
        return status;
    if (*next == JOB_READ)
        return parse_row(file, job);
    if (file->ahead.known && file->digest != file->digest_ahead)
        return refuse_change(file);
    if (file->spec->offsets && file->rows < file->spec->segments)
        return error_set(STATUS_USAGE,
                         "%s: there are %" PRIu64 " segments, and %" PRIu64 " rows; give a row for "
                         "each segment",
                         job_file_place(file), file->spec->segments, file->rows);
    return STATUS_OK;
}

bool job_file_take(struct job_file *file, struct job_batch *batch)
{
    return file->is_table || range_take(&file->lines, file->spec->start, batch);
}

enum status job_file_next(struct job_file *file, bool wait, enum job_next *next, struct job *job)
{
    return file->is_table ? next_of_table(file, wait, next, job)
                          : range_next(&file->lines, file->spec->start, wait, next, job);
}

enum status job_file_keep(struct job_file *file)
{
    return lines_keep(&file->lines);
}

enum status job_file_rewind(struct job_file *file)
{
    file->header_read = false;
    file->rows = 0;
    file->digest = DIGEST_START;
    return lines_rewind(&file->lines);
}
