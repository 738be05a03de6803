/* jobs: sources of jobs, opened and read by tests one job at a time. */
#ifndef PARSUM_JOBS_H
#define PARSUM_JOBS_H

#include "check.h"
#include "jobs/job.h"
#include "said.h"

#include <stdlib.h>
#include <unistd.h>

static inline struct job_source *open_source(const struct job_spec *spec)
{
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, spec), STATUS_OK);
    return source;
}

/* The next job alone. */
static inline enum status read_one(struct job_source *source, bool wait, enum job_next *next,
                                   struct job *job)
{
    struct job_batch batch = {.jobs = job, .room = 1, .terms = UINT64_MAX};
    const enum status status = job_source_read(source, wait, next, &batch);
    assert_int_equal(batch.count, !status && *next == JOB_READ);
    return status;
}

static inline void next_is(struct job_source *source, int64_t start, int64_t end)
{
    enum job_next next = JOB_END;
    struct job job = {0};
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_READ);
    assert_int_equal(job.start, start);
    assert_int_equal(job.end, end);
}

static inline void ends(struct job_source *source)
{
    enum job_next next = JOB_READ;
    struct job job;
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_END);
}

/* A file with `text`; the caller frees the name after unlinking it. */
static inline char *file_with(const char *text, size_t length)
{
    char *name = strdup("/tmp/parsum-test-XXXXXX");
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    return name;
}

/* A file or pipe of jobs, prepared. */
static inline struct job_source *prepared(const struct job_spec *spec)
{
    struct control control = {0};
    struct job_source *source = open_source(spec);
    assert_int_equal(job_source_prepare(source, &control), STATUS_OK);
    return source;
}

static inline struct job_source *prepared_file(const char *name)
{
    return prepared(&(struct job_spec){.input = name});
}

/* The next job has that end, and these fields, parted by NULs. */
static inline void next_row_is(struct job_source *source, int64_t end, const char *fields,
                               size_t length)
{
    enum job_next next = JOB_END;
    struct job job = {0};
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_READ);
    assert_int_equal(job.end, end);
    assert_non_null(job.row);
    const char *const text = row_texts(job_source_columns(source), job.row);
    assert_int_equal((const char *)job.row + job.row->size - text, length + 1);
    assert_memory_equal(text, fields, length + 1);
    free(job.row);
}

static inline void next_refuses(struct job_source *source, enum status status, const char *what)
{
    enum job_next next;
    struct job job;
    said_begin();
    assert_int_equal(read_one(source, true, &next, &job), status);
    assert_contains(said(), what);
    said_begin();
}

#endif
