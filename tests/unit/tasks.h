/* tasks: runs of libparsum, described in a line. */
#ifndef PARSUM_TASKS_H
#define PARSUM_TASKS_H

#include "parsum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TASK(...)                                                                                  \
    &(struct parsum_task)                                                                          \
    {                                                                                              \
        .size = sizeof(struct parsum_task), __VA_ARGS__                                            \
    }
#define TEXTS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define JOBS(...)                                                                                  \
    .jobs = (const struct parsum_job[])                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct parsum_job few[] = {{1, 1000}, {1000, 1000}, {-5, 100000}};
#define FEW .jobs = few, .job_count = 3

static inline double inverse(int64_t i, void *context)
{
    (void)context;
    return i == 0 ? 0 : 1.0 / (double)i;
}

static inline struct parsum_result *run(const struct parsum_task *task)
{
    struct parsum_result *result;
    if (parsum_run(task, &result) != PARSUM_OK)
        fail_msg("%s", parsum_error().text);
    return result;
}

static inline struct parsum_error refused(const struct parsum_task *task, enum parsum_status status)
{
    struct parsum_result *result = (void *)task;
    assert_int_equal(parsum_run(task, &result), status);
    assert_null(result);
    const struct parsum_error error = parsum_error();
    assert_int_equal(error.status, status);
    assert_true(strlen(error.text) > 0);
    return error;
}

#endif
