#include "jobs/job_range.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* The buffer ends with a NUL, which no number holds. */
bool range_take(struct lines *lines, int64_t start, struct job_batch *batch)
{
    char *at = lines->at;
    uint64_t taken = 0;
    bool room = true;
    if (lines->after_carriage)
        return true;
    for (; room; taken++) {
        struct job job = {.start = start};
        const char *end = number_take(at, &job.end);
        if (end && (*end == ',' || *end == ' ' || *end == '\t')) {
            job.start = job.end;
            end = number_take(end + 1, &job.end);
        }
        if (!end || *end != '\n' || job.end < job.start)
            break;
        at += end + 1 - at;
        batch->jobs[batch->count] = job;
        room = job_batch_count(batch);
    }
    lines_pass(lines, at, taken);
    return room;
}

/*
 * Splits a line into fields, parted by blanks or one comma with or without blanks around it.
 * Returns how many there are, at most 3; -1 where a comma parts nothing.
 */
static int split(struct field line, struct field field[3])
{
    const char *at = line.text;
    const char *const end = at + line.length;
    int count = 0;
    bool comma = false; /* a comma was seen, and no field since */
    for (;;) {
        while (at < end && is_blank(*at))
            at++;
        if (at == end || *at == '#')
            return comma ? -1 : count;
        if (*at == ',') {
            if (comma || count == 0)
                return -1;
            comma = true;
            at++;
            continue;
        }
        if (count == 3)
            return 3;
        field[count].text = at;
        while (at < end && !is_blank(*at) && *at != ',' && *at != '#')
            at++;
        field[count].length = (size_t)(at - field[count].text);
        count++;
        comma = false;
    }
}

static SELDOM enum status refuse_bound(struct lines *lines, struct field field,
                                       enum number_error error)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s; " LINE_FORM, lines_place(lines),
                     error_quote(field.text, field.length, quoted), number_error_text(error));
}

static SELDOM enum status refuse_line(struct lines *lines, const char *what)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s; " LINE_FORM, lines_place(lines),
                     error_quote(lines->text.text, lines->text.length, quoted), what);
}

static SELDOM enum status refuse_backwards(struct lines *lines, struct job job)
{
    char what[80];
    snprintf(what, sizeof what, "runs backwards, from %" PRId64 " to %" PRId64, job.start, job.end);
    return refuse_line(lines, what);
}

static enum status parse_bound(struct lines *lines, struct field field, int64_t *bound)
{
    const enum number_error error = number_parse(field.text, field.length, bound);
    return error ? refuse_bound(lines, field, error) : STATUS_OK;
}

enum status range_next(struct lines *lines, int64_t start, bool wait, enum job_next *next,
                       struct job *job)
{
    for (;;) {
        enum status status = lines_next(lines, wait, next);
        if (status || *next != JOB_READ)
            return status;
        struct field field[3];
        const int fields = split(lines->text, field);
        if (fields == 0)
            continue;
        if (fields != 1 && fields != 2)
            return refuse_line(lines, fields < 0 ? "has a comma that parts nothing"
                                                 : "has more than two fields");
        *job = (struct job){.start = start};
        if (fields == 2)
            status = parse_bound(lines, field[0], &job->start);
        if (!status)
            status = parse_bound(lines, field[fields - 1], &job->end);
        return !status && job->end < job->start ? refuse_backwards(lines, *job) : status;
    }
}
