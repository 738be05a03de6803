#include "jobs/job.h"

#include "base/digest.h"
#include "jobs/job_file.h"
#include "jobs/job_given.h"
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Five kinds of source: a list (the arguments, parsed at once so that a bad one ends the run
 * before it begins), segments, a generator, a file, and what a program gives. Which one it is shows
 * in what is set.
 */
struct job_source {
    struct job *list; /* arguments */
    uint64_t count;   /* jobs in the list, segments, or from the generator */
    uint64_t at;      /* how many were handed out */
    struct job_spec spec;
    uint64_t random_state;
    struct job_file *file;
    struct columns columns; /* of the list, or given */
    char place[64];
    char description[160];
};

/* Up to this many jobs are gone through in advance to count their terms; it takes a few ms. */
#define COUNTABLE_JOBS 1000000

/* splitmix64, by S. Vigna (public domain algorithm): the same numbers on every machine. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [0, below): numbers of the last, incomplete stretch of length `below` are drawn again.
 */
static uint64_t random_below(uint64_t *state, uint64_t below)
{
    const uint64_t incomplete = -below % below; /* 2^64 mod below */
    uint64_t drawn;
    do
        drawn = random_next(state);
    while (drawn < incomplete);
    return drawn % below;
}

#define JOB_FORM "a job is END or START:END with START <= END, and " JOB_NUMBERS

static enum status parse_bound(int number, const char *text, size_t length, int64_t *bound)
{
    const enum number_error error = number_parse(text, length, bound);
    if (!error)
        return STATUS_OK;
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "job %d: %s %s; " JOB_FORM, number,
                     error_quote(text, length, quoted), number_error_text(error));
}

/* "START:END", "END" or, where the options give an end, nothing at all. */
static enum status parse_range(int number, const char *text, size_t length,
                               const struct job_spec *spec, struct job *job)
{
    const char *const colon = memchr(text, ':', length);
    const char *const end = colon ? colon + 1 : text;
    char quoted[ERROR_QUOTED];
    *job = (struct job){.start = spec->start, .end = spec->end};
    enum status status = STATUS_OK;
    if (colon)
        status = parse_bound(number, text, (size_t)(colon - text), &job->start);
    if (!status && (length > 0 || !spec->has_end))
        status = parse_bound(number, end, (size_t)(text + length - end), &job->end);
    if (!status && job->end < job->start)
        status = error_set(STATUS_USAGE,
                           "job %d: %s runs backwards, from %" PRId64 " to %" PRId64 "; " JOB_FORM,
                           number, error_quote(text, length, quoted), job->start, job->end);
    return status;
}

/* Where the columns of an argument begin: at "NAME=", behind the comma that ends the range; NULL if
   it has none. */
static const char *find_columns(const char *text)
{
    const char *at = strchr(text, '=');
    while (at && at > text && at[-1] != ',')
        at--;
    return at;
}

/* A column of an argument, "NAME=FIELD" or "NAME:TYPE=FIELD", and what follows its comma. */
static const char *take_column(const char *text, struct field *name, struct field *field)
{
    const size_t length = strcspn(text, ",");
    const char *const equals = memchr(text, '=', length);
    *name = (struct field){text, equals ? (size_t)(equals - text) : length};
    *field = equals ? (struct field){equals + 1, length - name->length - 1} : (struct field){0};
    return text[length] ? text + length + 1 : NULL;
}

static SELDOM enum status refuse_column(struct field text, const char *place)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE,
                     "%s: %s is no column; a job is [START:]END,NAME=VALUE,..., and texts with "
                     "commas go into a table (--input)",
                     place, error_quote(text.text, text.length, quoted));
}

/* Notes the columns of an argument, and what its fields say of their types. */
static enum status see_argument(struct columns *columns, int number, const char *text)
{
    char place[32];
    snprintf(place, sizeof place, "job %d", number);
    for (const char *at = find_columns(text); at;) {
        struct field name, field;
        at = take_column(at, &name, &field);
        if (!field.text)
            return refuse_column(name, place);
        size_t k;
        const enum status status = columns_name(columns, name, place, &k);
        if (status)
            return status;
        columns_see(columns, k, field);
    }
    return STATUS_OK;
}

/* The row of an argument; what it does not name is empty. */
static enum status make_row(const struct columns *columns, int number, const char *text,
                            struct row **row)
{
    struct field fields[COLUMNS_MAX] = {{0}};
    char place[32];
    snprintf(place, sizeof place, "job %d", number);
    for (const char *at = find_columns(text); at;) {
        struct field name, field;
        at = take_column(at, &name, &field);
        const size_t k = columns_find(columns, name);
        if (fields[k].text)
            return error_set(STATUS_USAGE, "%s: column %s is there twice; give it once", place,
                             columns->column[k].name);
        fields[k] = field;
    }
    for (size_t k = 0; k < columns->count; k++)
        if (!fields[k].text)
            fields[k] = (struct field){"", 0};
    return columns_row(columns, fields, place, row);
}

static enum status parse_argument(struct job_source *source, int number, const char *text,
                                  struct job *job)
{
    const char *const columns = find_columns(text);
    const size_t length = columns ? (size_t)(columns - text) - (columns > text) : strlen(text);
    const enum status status = parse_range(number, text, length, &source->spec, job);
    return status || source->columns.count == 0
               ? status
               : make_row(&source->columns, number, text, &job->row);
}

static enum status parse_arguments(struct job_source *source)
{
    const struct job_spec *const spec = &source->spec;
    enum status status = STATUS_OK;
    source->count = (uint64_t)spec->argument_count;
    source->list = calloc(source->count, sizeof *source->list);
    if (!source->list)
        return error_set(STATUS_FAILED, "out of memory for %d jobs; give them as a file (--input)",
                         spec->argument_count);
    for (int k = 0; k < spec->argument_count && !status; k++)
        status = see_argument(&source->columns, k + 1, spec->arguments[k]);
    source->columns.all_seen = true;
    columns_settle(&source->columns);
    uint64_t terms = 0;
    for (int k = 0; k < spec->argument_count && !status; k++) {
        struct job *const job = &source->list[k];
        status = parse_argument(source, k + 1, spec->arguments[k], job);
        if (!status &&
            (__builtin_add_overflow(terms, job_terms(*job), &terms) || terms > RUN_TERMS_MAX))
            status = error_set(STATUS_USAGE,
                               "job %d: with it the run has more than 2^63-1 terms; cut it into "
                               "several runs",
                               k + 1);
    }
    return status;
}

enum status job_source_open(struct job_source **opened, const struct job_spec *spec)
{
    struct job_source *const source = calloc(1, sizeof *source);
    if (!source)
        return error_set(STATUS_FAILED, "out of memory for the jobs");
    source->spec = *spec;
    enum status status = STATUS_OK;
    if (spec->given) {
        status = job_given_open(spec->given, &source->columns);
    } else if (spec->input) {
        status = job_file_open(&source->file, &source->spec);
    } else if (spec->argument_count > 0) {
        status = parse_arguments(source);
    } else if (spec->offsets) {
        source->count = spec->segments;
    } else {
        source->count = (uint64_t)spec->random;
        source->random_state = (uint64_t)spec->seed;
    }
    if (status)
        job_source_close(source);
    else
        *opened = source;
    return status;
}

void job_source_close(struct job_source *source)
{
    if (!source)
        return;
    job_file_close(source->file);
    for (uint64_t k = 0; source->list && k < source->count; k++)
        free(source->list[k].row);
    free(source->list);
    columns_clear(&source->columns);
    free(source);
}

/* A job that is neither in the list nor in a file. */
static struct job make_job(struct job_source *source)
{
    return (struct job){
        .start = source->spec.start,
        .end = (int64_t)random_below(&source->random_state, (uint64_t)source->spec.below),
    };
}

enum status job_source_prepare(struct job_source *source, struct control *control)
{
    return source->file ? job_file_prepare(source->file, control) : STATUS_OK;
}

const struct columns *job_source_columns(const struct job_source *source)
{
    return source->file ? job_file_columns(source->file) : &source->columns;
}

/* The next job of a list or of a generator, with a row of its own. */
static enum status next_made(struct job_source *source, enum job_next *next, struct job *job)
{
    *next = source->at < source->count ? JOB_READ : JOB_END;
    if (*next == JOB_END)
        return STATUS_OK;
    *job = source->list ? source->list[source->at] : make_job(source);
    source->at++;
    const struct row *const row = job->row;
    job->row = row_copy(row);
    return !row || job->row
               ? STATUS_OK
               : error_set(STATUS_FAILED, "job %" PRIu64 ": out of memory for its columns",
                           source->at);
}

/* The next segments, without columns. */
static enum job_next read_segments(struct job_source *source, struct job_batch *batch)
{
    const int64_t *const offsets = source->spec.offsets;
    const uint64_t before = source->at;
    bool room = true;
    for (; room && source->at < source->count; source->at++) {
        batch->jobs[batch->count] =
            (struct job){.start = offsets[source->at], .end = offsets[source->at + 1]};
        room = job_batch_count(batch);
    }
    return source->at > before ? JOB_READ : JOB_END;
}

static enum status next_given(struct job_source *source, enum job_next *next, struct job *job)
{
    const enum status status =
        job_given_next(source->spec.given, &source->columns, source->at, next, job);
    source->at += !status && *next == JOB_READ;
    return status;
}

enum status job_source_read(struct job_source *source, bool wait, enum job_next *next,
                            struct job_batch *batch)
{
    const struct job_given *const given = source->spec.given;
    struct job_file *const file = source->file;
    bool room = true;
    enum status status = STATUS_OK;
    batch->count = 0;
    if (source->spec.offsets && !file) {
        *next = read_segments(source, batch);
        return STATUS_OK;
    }
    *next = JOB_READ;
    while (room && !status && *next == JOB_READ) {
        if (file && !job_file_take(file, batch))
            break;
        struct job *const job = &batch->jobs[batch->count];
        status = file    ? job_file_next(file, wait && batch->count == 0, next, job)
                 : given ? next_given(source, next, job)
                         : next_made(source, next, job);
        if (!status && *next == JOB_READ)
            room = job_batch_count(batch);
        if (given && given->next) /* it may take its time, and a stop be asked for */
            break;
    }
    if (batch->count > 0)
        *next = JOB_READ;
    return status;
}

enum status job_source_rewind(struct job_source *source)
{
    if (source->spec.given && source->spec.given->next)
        return error_set(STATUS_USAGE, "jobs that a function hands over can't be run twice; give "
                                       "them in an array");
    source->at = 0;
    source->random_state = (uint64_t)source->spec.seed;
    return source->file ? job_file_rewind(source->file) : STATUS_OK;
}

enum status job_source_keep(struct job_source *source)
{
    return source->file ? job_file_keep(source->file) : STATUS_OK;
}

const char *job_source_place(struct job_source *source)
{
    if (source->file)
        return job_file_place(source->file);
    snprintf(source->place, sizeof source->place, "%s %llu",
             source->list || source->spec.given ? "job"
             : source->spec.offsets             ? "segment"
                                                : "random job",
             (unsigned long long)source->at);
    return source->place;
}

static uint64_t digest_list(const struct job_source *source)
{
    uint64_t digest = DIGEST_START;
    for (uint64_t k = 0; k < source->count; k++) {
        const struct job *const job = &source->list[k];
        digest = digest_add(digest, &job->start, sizeof job->start);
        digest = digest_add(digest, &job->end, sizeof job->end);
        if (job->row)
            digest = digest_add(digest, job->row, job->row->size);
    }
    return digest;
}

/* Of arguments, as many as fit are spelt out; the digest is of all of them. */
const char *job_source_describe(struct job_source *source)
{
    char *const text = source->description;
    const size_t room = sizeof source->description;
    const struct job_spec *const spec = &source->spec;
    if (spec->offsets) {
        const size_t size = (spec->segments + 1) * sizeof *spec->offsets;
        snprintf(text, room, "%" PRIu64 " segments %016" PRIx64 "%s", spec->segments,
                 digest_block(spec->offsets, size),
                 source->file ? ", columns as they are read" : "");
        return text;
    }
    if (source->file) {
        snprintf(text, room, "as they are read");
        return text;
    }
    if (spec->given) {
        snprintf(text, room, "%" PRIu64 " given %016" PRIx64, spec->given->count,
                 job_given_digest(spec->given));
        return text;
    }
    if (!source->list) {
        snprintf(text, room,
                 "random %" PRId64 ", below %" PRId64 ", seed %" PRId64 ", start %" PRId64,
                 spec->random, spec->below, spec->seed, spec->start);
        return text;
    }
    const uint64_t digest = digest_list(source);
    size_t used =
        (size_t)snprintf(text, room, "%" PRIu64 " arguments %016" PRIx64, source->count, digest);
    for (uint64_t k = 0; k < source->count && used < room; k++) {
        const struct job job = source->list[k];
        used +=
            (size_t)snprintf(text + used, room - used, " %" PRId64 ":%" PRId64, job.start, job.end);
    }
    if (used >= room)
        memcpy(text + room - sizeof "...", "...", sizeof "...");
    return text;
}

uint64_t job_source_total(const struct job_source *source)
{
    if (source->file) {
        const struct job_file_ahead ahead = job_file_ahead(source->file);
        return ahead.known && ahead.terms <= RUN_TERMS_MAX ? ahead.terms : 0;
    }
    if (source->spec.given)
        return job_given_total(source->spec.given);
    if (source->spec.offsets)
        return (uint64_t)(source->spec.offsets[source->count] - source->spec.offsets[0]);
    if (source->count > COUNTABLE_JOBS)
        return 0;
    uint64_t total = 0;
    struct job_source copy = *source;
    copy.random_state = (uint64_t)copy.spec.seed;
    for (copy.at = 0; copy.at < copy.count; copy.at++) {
        const struct job job = copy.list ? copy.list[copy.at] : make_job(&copy);
        if (__builtin_add_overflow(total, job_terms(job), &total))
            return 0;
    }
    return total;
}

bool job_source_range(const struct job_source *source, int64_t *low, int64_t *high)
{
    if (source->file) {
        const struct job_file_ahead ahead = job_file_ahead(source->file);
        *low = ahead.low < ahead.high ? ahead.low : 0;
        *high = ahead.low < ahead.high ? ahead.high : 1;
        return ahead.known;
    }
    if (source->spec.given) {
        const bool known = job_given_range(source->spec.given, low, high);
        if (*low >= *high)
            *low = 0, *high = 1;
        return known;
    }
    const int64_t *const offsets = source->spec.offsets;
    *low = source->list ? INT64_MAX : offsets ? offsets[0] : source->spec.start;
    *high = source->list ? INT64_MIN : offsets ? offsets[source->count] : source->spec.below;
    for (uint64_t k = 0; source->list && k < source->count; k++) {
        const struct job job = source->list[k];
        if (job_terms(job) > 0 && job.start < *low)
            *low = job.start;
        if (job_terms(job) > 0 && job.end > *high)
            *high = job.end;
    }
    if (*low >= *high) /* there is none */
        *low = 0, *high = 1;
    return true;
}
