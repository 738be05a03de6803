#include "jobs/job_given.h"

#include "base/digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Number `at` of a column; where a function hands over the jobs there is no array. */
static union number number_at(const struct job_given *given, size_t k, uint64_t at)
{
    union number number;
    memcpy(&number, (const char *)given->columns[k].numbers + at * sizeof number, sizeof number);
    return number;
}

/* Column k of `columns`: its type, and the bounds of its integers. */
static void describe(const struct job_given *given, struct columns *columns, size_t k)
{
    struct column *const column = &columns->column[k];
    column->type = given->columns[k].real ? COLUMN_REAL : COLUMN_INTEGER;
    column->given = true;
    column->low = INT64_MAX;
    column->high = INT64_MIN;
    for (uint64_t j = 0; !given->next && column->type == COLUMN_INTEGER && j < given->count; j++) {
        const int64_t number = number_at(given, k, j).integer;
        column->low = number < column->low ? number : column->low;
        column->high = number > column->high ? number : column->high;
    }
}

static enum status check(const int64_t bounds[2], uint64_t number)
{
    return bounds[0] <= bounds[1]
               ? STATUS_OK
               : error_set(STATUS_USAGE,
                           "job %" PRIu64 ": it runs backwards, from %" PRId64 " to %" PRId64
                           "; a job is [start, end) with start <= end",
                           number, bounds[0], bounds[1]);
}

static struct job job_at(const struct job_given *given, uint64_t j)
{
    return (struct job){.start = given->bounds[2 * j], .end = given->bounds[2 * j + 1]};
}

enum status job_given_open(const struct job_given *given, struct columns *columns)
{
    enum status status = STATUS_OK;
    for (size_t k = 0; k < given->column_count && !status; k++) {
        const char *const name = given->columns[k].name;
        status = columns_add(columns, (struct field){name, strlen(name)}, "the columns");
    }
    for (size_t k = 0; k < columns->count; k++)
        describe(given, columns, k);
    columns->all_seen = !given->next;
    columns_settle(columns);
    uint64_t terms = 0;
    for (uint64_t j = 0; !given->next && j < given->count && !status; j++) {
        status = check(&given->bounds[2 * j], j + 1);
        const uint64_t more = job_terms(job_at(given, j));
        if (!status && (__builtin_add_overflow(terms, more, &terms) || terms > RUN_TERMS_MAX))
            status = error_set(STATUS_USAGE,
                               "job %" PRIu64 ": with it the run has more than 2^63-1 terms; cut "
                               "it into several runs",
                               j + 1);
    }
    return status;
}

/* The row of a job with columns. */
static struct row *make_row(const struct columns *columns)
{
    const size_t size = sizeof(struct row) + columns->count * sizeof(union number);
    struct row *const row = calloc(1, size);
    if (row)
        row->size = size;
    return row;
}

enum status job_given_next(const struct job_given *given, const struct columns *columns,
                           uint64_t at, enum job_next *next, struct job *job)
{
    int64_t bounds[2] = {0, 0};
    struct row *row = NULL;
    *next = JOB_END;
    if (!given->next && at == given->count)
        return STATUS_OK;
    if (columns->count > 0 && !(row = make_row(columns)))
        return error_set(STATUS_FAILED, "job %" PRIu64 ": out of memory for its columns", at + 1);
    if (given->next) {
        if (!given->next(given->context, bounds, row ? row->numbers : NULL)) {
            free(row);
            return STATUS_OK;
        }
    } else {
        memcpy(bounds, &given->bounds[2 * at], sizeof bounds);
        for (size_t k = 0; k < columns->count; k++)
            row->numbers[k] = number_at(given, k, at);
    }
    const enum status status = check(bounds, at + 1);
    if (status) {
        free(row);
        return status;
    }
    *job = (struct job){.start = bounds[0], .end = bounds[1], .row = row};
    *next = JOB_READ;
    return STATUS_OK;
}

uint64_t job_given_total(const struct job_given *given)
{
    uint64_t total = 0;
    for (uint64_t j = 0; !given->next && j < given->count; j++)
        total += job_terms(job_at(given, j));
    return total;
}

bool job_given_range(const struct job_given *given, int64_t *low, int64_t *high)
{
    *low = INT64_MAX;
    *high = INT64_MIN;
    for (uint64_t j = 0; !given->next && j < given->count; j++) {
        const struct job job = job_at(given, j);
        if (job.start < job.end) {
            *low = job.start < *low ? job.start : *low;
            *high = job.end > *high ? job.end : *high;
        }
    }
    return !given->next;
}

uint64_t job_given_digest(const struct job_given *given)
{
    if (given->next)
        return 0;
    uint64_t digest = digest_block(given->bounds, 2 * given->count * sizeof *given->bounds);
    for (size_t k = 0; k < given->column_count; k++) {
        const uint64_t numbers =
            digest_block(given->columns[k].numbers, given->count * sizeof(union number));
        digest = digest_add(digest, &numbers, sizeof numbers);
    }
    return digest;
}
