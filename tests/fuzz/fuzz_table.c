/*
 * Any bytes as a table. It is read twice: row by row from memory, with the functions of job_table,
 * and as a file or pipe, whose buffer the table crosses where the first bytes say so. Both must
 * find the same jobs, and end in the same way.
 */
#include "base/digest.h"
#include "fuzz.h"
#include "jobs/job.h"
#include "jobs/job_lines.h"
#include "jobs/job_table.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST = -7, LAST = 1000000 }; /* for what a table lacks */

/* How the table ended, and a digest of its jobs. */
struct reading {
    enum status status;
    uint64_t jobs, digest;
};

static void take_job(struct reading *reading, const struct columns *columns, struct job *job)
{
    DEMAND(job->start <= job->end);
    DEMAND(job->row);
    const char *text = row_texts(columns, job->row);
    for (size_t k = 0; k < columns->count; k++)
        text += strlen(text) + 1;
    DEMAND(text == (const char *)job->row + job->row->size);
    for (size_t k = 0; k < columns->count; k++) {
        const struct column *const column = &columns->column[k];
        if (column->type == COLUMN_INTEGER) {
            const int64_t number = job->row->numbers[column->number].integer;
            DEMAND(number >= column->low && number <= column->high);
        }
    }
    reading->jobs++;
    reading->digest = digest_add(reading->digest, &job->start, sizeof job->start);
    reading->digest = digest_add(reading->digest, &job->end, sizeof job->end);
    reading->digest =
        digest_add(reading->digest, job->row->numbers, job->row->size - sizeof *job->row);
    free(job->row);
}

/* What is left of a text in memory. */
struct text {
    const char *at, *end;
};

/* The next row that counts, in a block of its own, so that its end is watched; NULL: there is none.
 */
static char *next_row(struct text *text, char separator, size_t *length)
{
    while (text->at < text->end) {
        const char *const row = text->at;
        const size_t left = (size_t)(text->end - row);
        bool open = false;
        *length = 0;
        if (separator)
            *length = table_row_end(row, left, separator, &open);
        else
            while (*length < left && row[*length] != '\n' && row[*length] != '\r')
                ++*length;
        DEMAND(*length <= left && (!open || *length == left));
        text->at += *length;
        if (text->at < text->end)
            text->at +=
                1 + (text->at + 1 < text->end && text->at[0] == '\r' && text->at[1] == '\n');
        if (table_is_blank(row, *length))
            continue;
        char *const copy = malloc(*length ? *length : 1);
        DEMAND(copy);
        memcpy(copy, row, *length);
        return copy;
    }
    return NULL;
}

/* All rows say what types the columns have, or the first one alone. */
static void see_rows(const struct table *table, struct text text, bool all)
{
    size_t length;
    enum status status = STATUS_OK;
    for (char *row; !status && (row = next_row(&text, table->separator, &length)); free(row)) {
        struct job job = {FIRST, LAST, NULL};
        status = table_see(table, row, length, "table", &job);
        if (!all)
            text.at = text.end;
    }
    error_clear();
    table->columns->all_seen = all;
    columns_settle(table->columns);
}

/* With `begins` nothing stands before the text. False: it has no header. */
static bool read_memory(struct text text, bool begins, bool regular, struct reading *reading)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct columns columns = {0};
    struct table table;
    size_t length;
    if (begins && text.end - text.at >= 3 && memcmp(text.at, mark, 3) == 0)
        text.at += 3;
    char *const header = next_row(&text, 0, &length);
    const char *const comment = header ? memchr(header, '#', length) : NULL;
    if (!header || !table_is_header(header, comment ? (size_t)(comment - header) : length)) {
        free(header);
        return false;
    }
    reading->status = table_header(&table, &columns, header, length, "table");
    free(header);
    if (!reading->status)
        see_rows(&table, text, regular);
    for (char *row; !reading->status && (row = next_row(&text, table.separator, &length));
         free(row)) {
        struct job job = {FIRST, LAST, NULL};
        reading->status = table_row(&table, row, length, "table", &job);
        if (!reading->status)
            take_job(reading, &columns, &job);
    }
    columns_clear(&columns);
    error_clear();
    return true;
}

static struct reading read_source(struct job_source *source)
{
    struct reading reading = {0};
    for (;;) {
        enum job_next next = JOB_NOT_YET;
        struct job job = {0};
        struct job_batch batch = {.jobs = &job, .room = 1, .terms = 1};
        reading.status = job_source_read(source, true, &next, &batch);
        if (reading.status || next == JOB_END)
            break;
        DEMAND(next == JOB_READ); /* all of it is there */
        take_job(&reading, job_source_columns(source), &job);
        DEMAND(*job_source_place(source));
    }
    error_clear();
    return reading;
}

/* Writes a comment before the table, so that its byte `border` is the first of the next buffer. */
static void write_comment(int fd, size_t border)
{
    static char comment[LINE_MAX_LENGTH];
    const size_t length = sizeof comment - border;
    memset(comment, '#', sizeof comment);
    comment[length - 1] = '\n';
    DEMAND(write(fd, comment, length) == (ssize_t)length);
}

static void check(const char *path, struct text text, bool begins, bool regular)
{
    struct control control = {0};
    struct reading memory = {0};
    struct job_source *source = NULL;
    const struct job_spec spec = {.input = path, .start = FIRST, .end = LAST, .has_end = true};
    const bool has_header = read_memory(text, begins, regular, &memory);
    DEMAND(job_source_open(&source, &spec) == STATUS_OK);
    const enum status status = job_source_prepare(source, &control);
    error_clear();
    if (!has_header) {
        DEMAND(job_source_columns(source)->count == 0);
    } else if (status) {
        DEMAND(memory.status == status && memory.jobs == 0);
    } else {
        const struct reading first = read_source(source);
        DEMAND(first.status == STATUS_OK || first.status == STATUS_USAGE);
        DEMAND(first.status == memory.status);
        DEMAND(first.jobs == memory.jobs && first.digest == memory.digest);
        if (regular) {
            DEMAND(job_source_rewind(source) == STATUS_OK);
            const struct reading second = read_source(source);
            DEMAND(first.status == second.status && first.jobs == second.jobs);
            DEMAND(first.digest == second.digest);
        }
    }
    job_source_close(source);
}

/* The first byte says whether it is a file or a pipe, the next two where the buffer ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    if (size < 3 || size > 16000) /* what a pipe holds beside the comment */
        return 0;
    const bool regular = data[0] % 2 == 0;
    const size_t border = ((size_t)data[1] << 8 | data[2]) % 16384;
    const char *const begin = (const char *)data + 3;
    const size_t length = size - 3;
    int ends[2] = {-1, -1};
    if (regular) {
        ends[0] = ends[1] = memfd_create("table", MFD_CLOEXEC);
        DEMAND(ends[0] >= 0);
    } else {
        DEMAND(pipe(ends) == 0);
    }
    const bool commented = regular && border > 0 && border < length;
    if (commented)
        write_comment(ends[1], border);
    DEMAND(write(ends[1], begin, length) == (ssize_t)length);
    if (!regular)
        close(ends[1]);
    snprintf(path, sizeof path, regular ? "/proc/self/fd/%d" : "/dev/fd/%d", ends[0]);
    check(path, (struct text){begin, begin + length}, !commented, regular);
    close(ends[0]);
    return 0;
}
