/* Runs of libparsum within a program: what it hears, how it ends them, what they leave alone. */
#include "tasks.h"

#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct heard {
    int jobs_left, rows, progress, notes;
    double sum;
    int stop_after;
};

static int give(void *context, struct parsum_job *job, union parsum_number *columns)
{
    struct heard *const heard = context;
    if (heard->jobs_left == 0)
        return 0;
    *job = (struct parsum_job){0, 1000};
    columns[0].real = heard->jobs_left--;
    return 1;
}

static int hear(void *context, const struct parsum_row *row)
{
    struct heard *const heard = context;
    heard->rows++;
    heard->sum += row->values[0].real;
    assert_int_equal(row->job, heard->rows);
    assert_int_equal(row->count, 1);
    return heard->rows == heard->stop_after;
}

static int count_progress(void *context, uint64_t done, uint64_t all)
{
    struct heard *const heard = context;
    assert_true(all == 0 || done <= all);
    heard->progress++;
    return 0;
}

static void count_note(void *context, const char *text)
{
    struct heard *const heard = context;
    assert_non_null(strstr(text, "exclusive or"));
    heard->notes++;
}

static void jobs_and_rows_may_come_one_by_one(void **state)
{
    (void)state;
    const struct parsum_column column = {"a", 1, NULL};
    struct heard heard = {.jobs_left = 2000};
    struct parsum_result *const result =
        run(TASK(.next_job = give, .columns = &column, .column_count = 1, .context = &heard,
                 .terms = TEXTS("a + (i^2) - (i^2)"), .row = hear, .progress = count_progress,
                 .note = count_note));
    assert_int_equal(heard.rows, 2000);
    assert_true(heard.sum == 1000.0 * 2000 * 2001 / 2);
    assert_true(heard.progress > 0);
    assert_int_equal(heard.notes, 1);
    assert_int_equal(parsum_result_rows(result), 0);
    assert_true(parsum_result_total(result, 0).real == heard.sum);
    parsum_result_free(result);
}

static void a_row_may_end_the_run(void **state)
{
    (void)state;
    const struct parsum_column column = {"a", 1, NULL};
    struct heard heard = {.jobs_left = 1000000000, .stop_after = 17};
    refused(TASK(.next_job = give, .columns = &column, .column_count = 1, .context = &heard,
                 .terms = TEXTS("a"), .row = hear),
            PARSUM_STOPPED);
    assert_int_equal(heard.rows, 17);
}

static double endless(int64_t i, void *context)
{
    if (i == 1000)
        *(volatile int *)context = 1;
    return 1;
}

/* The last row is no exception, nor is a key or a hit. */
static void what_a_row_answers_counts_to_the_last(void **state)
{
    (void)state;
    struct heard heard = {.stop_after = 1};
    refused(TASK(JOBS({0, 10}), .job_count = 1, .row = hear, .context = &heard), PARSUM_STOPPED);
    assert_int_equal(heard.rows, 1);
}

static int end_at_once(void *context, const struct parsum_row *row)
{
    (void)row;
    ++*(int *)context;
    return 1;
}

static int end_soon(void *context, uint64_t done, uint64_t all)
{
    (void)context, (void)done, (void)all;
    return 1;
}

static void keys_hits_and_progress_end_a_run(void **state)
{
    (void)state;
    int rows = 0;
    refused(TASK(FEW, .terms = TEXTS("i"), .by = "i % 3", .row = end_at_once, .context = &rows),
            PARSUM_STOPPED);
    assert_int_equal(rows, 1);
    refused(TASK(FEW, .list = "i % 3", .first = 1, .row = end_at_once, .context = &rows),
            PARSUM_STOPPED);
    assert_int_equal(rows, 2);
    refused(TASK(FEW, .progress = end_soon), PARSUM_STOPPED);
}

static double nan_at_five(int64_t i, void *context)
{
    (void)context;
    return i == 5 ? (double)NAN : 1;
}

/* Runs within a run, one of which fails, are no affair of the outer one. */
static int run_within(void *context, const struct parsum_row *row)
{
    double sum;
    (void)row;
    if (parsum_loop(0, 0, 10, nan_at_five, NULL, &sum) == PARSUM_FAULT && parsum_error().i == 5)
        ++*(int *)context;
    parsum_result_free(run(TASK(FEW, .terms = TEXTS("3 * i"))));
    return 0;
}

static double loop_within(int64_t i, void *context)
{
    double sum;
    (void)i, (void)context;
    return parsum_loop(0, 0, 10, nan_at_five, NULL, &sum) == PARSUM_FAULT ? 1 : 0;
}

static void count_any_note(void *context, const char *text)
{
    (void)text;
    ++*(int *)context;
    double sum;
    assert_int_equal(parsum_loop(0, 0, 10, nan_at_five, NULL, &sum), PARSUM_FAULT);
}

static void runs_within_a_run_leave_it_alone(void **state)
{
    (void)state;
    int times = 0;
    parsum_result_free(run(TASK(FEW, .terms = TEXTS("i"), .row = run_within, .context = &times)));
    assert_int_equal(times, 3);
    assert_int_equal(parsum_error().status, PARSUM_OK);
    assert_string_equal(parsum_error().text, "");
    double sum = 0;
    assert_int_equal(parsum_loop(2, 0, 1000, loop_within, NULL, &sum), PARSUM_OK);
    assert_true(sum == 1000);
    times = 0;
    const struct parsum_error error = refused(
        TASK(FEW, .terms = TEXTS("1 / ((i^2) - 2)"), .note = count_any_note, .context = &times),
        PARSUM_FAULT);
    assert_int_equal(times, 1);
    assert_non_null(strstr(error.text, "by zero"));
    assert_true(error.i == 0);
}

static double subnormal(int64_t i, void *context)
{
    (void)context;
    return 1e-310 * (double)(i % 7 + 1);
}

static double change_rounding(int64_t i, void *context)
{
    (void)context;
    if (i == 100)
        fesetround(FE_UPWARD);
    return 0.1;
}

/* OpenMP's threads are the host's, too: here they round upwards and flush subnormals. */
static void a_hosts_modes_change_no_bit(void **state)
{
    (void)state;
    double sums[2], sums_of_text[2];
    for (int k = 0; k < 2; k++) {
        assert_int_equal(parsum_loop(2, 0, 1000000, subnormal, NULL, &sums[k]), PARSUM_OK);
        struct parsum_result *const result =
            run(TASK(JOBS({0, 1000000}), .job_count = 1, .threads = 2,
                     .terms = TEXTS("1e-310 * (i % 7 + 1)"), .reduce = "sum,min"));
        sums_of_text[k] = parsum_result_total(result, 0).real;
        assert_true(parsum_result_total(result, 1).real == subnormal(0, NULL));
        parsum_result_free(result);
#pragma omp parallel num_threads(2)
        {
            fesetround(FE_UPWARD);
#ifdef __SSE2__
            __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
        }
    }
    fesetenv(FE_DFL_ENV);
    assert_true(sums[0] == sums[1] && sums[0] == sums_of_text[0] && sums[0] == sums_of_text[1]);
#pragma omp parallel num_threads(2)
    fesetenv(FE_DFL_ENV);
    assert_int_equal(parsum_loop(2, 0, 1000, change_rounding, NULL, sums), PARSUM_FAULT);
    assert_non_null(strstr(parsum_error().text, "rounded"));
    fesetenv(FE_DFL_ENV); /* of the x87 unit, where this thread was the one that changed it */
}

static void a_program_without_environment_or_children_compiles(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct parsum_result *result;
        signal(SIGCHLD, SIG_IGN);
        for (int fd = 0; fd < 3; fd++)
            close(fd);
        const bool right =
            parsum_run(TASK(FEW, .terms = TEXTS("i * 987"), .no_cache = 1), &result) == PARSUM_OK;
        clearenv();
        const enum parsum_status status =
            parsum_run(TASK(FEW, .terms = TEXTS("i * 654"), .no_cache = 1), &result);
        _exit(right && (status == PARSUM_OK || status == PARSUM_TERM) ? 0 : 1); /* no PATH */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_flag_ends_the_run(void **state)
{
    (void)state;
    volatile int flag = 0;
    refused(TASK(JOBS({0, INT64_MAX}), .job_count = 1, .real = endless, .context = (void *)&flag,
                 .stop = &flag, .threads = 1),
            PARSUM_STOPPED);
    refused(
        TASK(JOBS({0, INT64_MAX}), .job_count = 1, .terms = TEXTS("i & 1"), .max_seconds = 0.05),
        PARSUM_STOPPED);
}

static void a_journal_goes_on_where_a_run_was_stopped(void **state)
{
    (void)state;
    char name[] = "/tmp/parsum-run-XXXXXX", journal[64];
    assert_non_null(mkdtemp(name));
    snprintf(journal, sizeof journal, "%s/journal", name);
    struct heard heard = {.stop_after = 2};
    const struct parsum_job jobs[] = {{0, 10}, {0, 100}, {0, 30000000}};
    struct parsum_task task = {.size = sizeof task,
                               .jobs = jobs,
                               .job_count = 3,
                               .real = inverse,
                               .name = "1/i",
                               .journal = journal,
                               .row = hear,
                               .context = &heard};
    struct parsum_result *result;
    const enum parsum_status status = parsum_run(&task, &result);
    assert_true(status == PARSUM_STOPPED || status == PARSUM_OK);
    parsum_result_free(result);
    heard = (struct heard){0};
    result = run(&task);
    assert_int_equal(heard.rows, 3);
    assert_true(parsum_result_total(result, 0).real == heard.sum || heard.sum > 0);
    parsum_result_free(result);
    task.name = "another";
    assert_non_null(strstr(refused(&task, PARSUM_USAGE).text, "another"));
    task.name = NULL;
    refused(&task, PARSUM_USAGE);
    assert_int_equal(unlink(journal), 0);
    assert_int_equal(rmdir(name), 0);
}

/* Runs of one term at once, each with an array of its own. */
enum { CALLERS = 4, TIMES = 10 };

static void *call(void *argument)
{
    const int number = *(const int *)argument;
    double x[1000];
    for (int k = 0; k < 1000; k++)
        x[k] = number;
    const struct parsum_array array = {"x", "f8", x, 1000, 0};
    const char *const terms[] = {"x[i]", NULL};
    const struct parsum_task task = {
        .size = sizeof task, .arrays = &array, .array_count = 1, .terms = terms, .threads = 2};
    bool right = true;
    for (int time = 0; time < TIMES; time++) {
        struct parsum_result *result;
        if (parsum_run(&task, &result) != PARSUM_OK) {
            print_error("%s\n", parsum_error().text);
            return NULL;
        }
        right &= parsum_result_total(result, 0).real == 1000 * number;
        parsum_result_free(result);
    }
    return right ? argument : NULL;
}

/* How many compiled terms this process has loaded. */
static int loaded(void)
{
    FILE *const maps = fopen("/proc/self/maps", "r");
    char line[4096];
    int count = 0;
    while (maps && fgets(line, sizeof line, maps))
        count += strstr(line, "r-xp") && (strstr(line, "parsum-term") || strstr(line, "(deleted)"));
    if (maps)
        fclose(maps);
    return count;
}

static void runs_at_once_do_not_disturb_each_other(void **state)
{
    (void)state;
    pthread_t threads[CALLERS];
    int numbers[CALLERS];
    const int before = loaded();
    for (int k = 0; k < CALLERS; k++) {
        numbers[k] = k + 1;
        assert_int_equal(pthread_create(&threads[k], NULL, call, &numbers[k]), 0);
    }
    for (int k = 0; k < CALLERS; k++) {
        void *right;
        assert_int_equal(pthread_join(threads[k], &right), 0);
        assert_non_null(right);
    }
    assert_true(loaded() - before <= 2 * CALLERS); /* not one for each of the 40 runs */
}

static void a_child_of_fork_runs_alone(void **state)
{
    (void)state;
    parsum_result_free(run(TASK(JOBS({0, 10000000}), .job_count = 1, .threads = 2)));
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct parsum_result *result;
        const bool right = parsum_run(TASK(JOBS({0, 10000000}), .job_count = 1,
                                           .terms = TEXTS("2*i"), .threads = 2),
                                      &result) == PARSUM_OK &&
                           parsum_result_total(result, 0).low == 99999990000000 &&
                           parsum_result_summary(result).threads == 1;
        _exit(right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_and_rows_may_come_one_by_one),
        cmocka_unit_test(a_row_may_end_the_run),
        cmocka_unit_test(what_a_row_answers_counts_to_the_last),
        cmocka_unit_test(keys_hits_and_progress_end_a_run),
        cmocka_unit_test(runs_within_a_run_leave_it_alone),
        cmocka_unit_test(a_hosts_modes_change_no_bit),
        cmocka_unit_test(a_program_without_environment_or_children_compiles),
        cmocka_unit_test(a_flag_ends_the_run),
        cmocka_unit_test(a_journal_goes_on_where_a_run_was_stopped),
        cmocka_unit_test(runs_at_once_do_not_disturb_each_other),
        cmocka_unit_test(a_child_of_fork_runs_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
