/* Loops and runs of libparsum (parts 4 and 5 of parsum.h): what they compute and refuse. */
#include "tasks.h"

#include <math.h>
#include <stdio.h>

/* Infinite where *context is. */
static double pole(int64_t i, void *context)
{
    return 1.0 / (double)(i - *(const int64_t *)context);
}

static int64_t cube(int64_t i, void *context)
{
    (void)context;
    return i * i * i;
}

static void three(int64_t i, void *context, double *values)
{
    (void)context;
    values[0] = (double)i;
    values[1] = 1;
    values[2] = i == 77 ? -1 : 0;
}

/* The sum of inverse over [start, end), one number after the other. */
static double sum_of_inverse(int64_t start, int64_t end)
{
    struct parsum_sum sum = PARSUM_SUM_ZERO;
    for (int64_t i = start; i < end; i++)
        parsum_add(&sum, inverse(i, NULL));
    return parsum_value(&sum);
}

static void a_loop_is_exact_on_any_number_of_threads(void **state)
{
    (void)state;
    const double expected = sum_of_inverse(-1000, 3000000);
    for (int threads = 0; threads < 4; threads++) {
        double sum = 1;
        assert_int_equal(parsum_loop(threads, -1000, 3000000, inverse, NULL, &sum), PARSUM_OK);
        assert_true(sum == expected);
    }
    double none = 1;
    assert_int_equal(parsum_loop(0, 5, 5, inverse, NULL, &none), PARSUM_OK);
    assert_true(none == 0);
    int64_t cubes;
    assert_int_equal(parsum_loop_integer(0, -1000, 1001, cube, NULL, &cubes), PARSUM_OK);
    assert_int_equal(cubes, 0);
}

static void a_loop_tells_where_it_has_no_value(void **state)
{
    (void)state;
    int64_t at = 123456, sum_before = 7, sum = 7;
    double real = 7;
    assert_int_equal(parsum_loop(0, 0, 1000000, pole, &at, &real), PARSUM_FAULT);
    assert_true(real == 7);
    const struct parsum_error error = parsum_error();
    assert_int_equal(error.job, 1);
    assert_int_equal(error.i, at);
    assert_non_null(strstr(error.text, "123456"));
    assert_true(error.place > 0 && strncmp(error.text + error.place, ": ", 2) == 0);
    assert_true(strlen(error.remedy) > 0);
    assert_int_equal(parsum_loop(0, 5, 4, inverse, NULL, &real), PARSUM_USAGE);
    assert_int_equal(parsum_loop_integer(0, 0, 2000000, cube, NULL, &sum), PARSUM_FAULT);
    assert_int_equal(sum, sum_before);
}

static void functions_have_jobs_and_all_results(void **state)
{
    (void)state;
    struct parsum_result *const result =
        run(TASK(FEW, .reals = three, .value_count = 3, .reduce = "sum,count,mean,argmin"));
    assert_int_equal(parsum_result_rows(result), 3);
    assert_int_equal(parsum_result_count(result), 12);
    assert_string_equal(parsum_result_name(result, 0), "sum1");
    assert_string_equal(parsum_result_name(result, 11), "argmin3");
    const double *const sums = parsum_result_reals(result, 0);
    assert_true(sums[0] == 499500 && sums[1] == 0 && sums[2] == 4999949985);
    assert_null(parsum_result_integers(result, 0));
    const int64_t *const counts = parsum_result_integers(result, 1);
    assert_true(counts[0] == 999 && counts[1] == 0 && counts[2] == 100005);
    assert_true(isnan(parsum_result_reals(result, 2)[1]));
    assert_int_equal(parsum_result_value(result, 1, 2).kind, PARSUM_NONE);
    assert_null(parsum_result_integers(result, 11)); /* an empty job has none */
    assert_int_equal(parsum_result_value(result, 0, 11).low, 77);
    const struct parsum_value where = parsum_result_total(result, 11);
    assert_int_equal(where.low, 77);
    assert_int_equal(where.run, 1);
    assert_int_equal(parsum_result_numbers(result)[2], 3);
    assert_int_equal(parsum_result_jobs(result)[2].start, -5);
    const struct parsum_summary summary = parsum_result_summary(result);
    assert_int_equal(summary.rows, PARSUM_JOBS);
    assert_true(summary.jobs == 3 && summary.terms == 101004 && summary.threads >= 1);
    assert_string_equal(summary.kernel, "function");
    parsum_result_free(result);
    parsum_result_free(NULL);
}

static void terms_are_text_with_lets_defines_and_columns(void **state)
{
    (void)state;
    static const int64_t a[] = {1, 2, 3};
    static const double b[] = {0.5, 0.25, -1};
    const struct parsum_column columns[] = {{"a", 0, a}, {"b", 1, b}};
    struct parsum_result *const result =
        run(TASK(FEW, .columns = columns, .column_count = 2, .terms = TEXTS("n=a*K", "s*b"),
                 .lets = TEXTS("s=i%2"), .defines = TEXTS("K=10"), .threads = 2));
    assert_string_equal(parsum_result_name(result, 0), "n");
    const int64_t *const n = parsum_result_integers(result, 0);
    assert_true(n[0] == 9990 && n[1] == 0 && n[2] == 3000150);
    const double *const s = parsum_result_reals(result, 1);
    assert_true(s[0] == 250 && s[2] == -(50000 - 3));
    assert_int_equal(parsum_result_total(result, 0).low, 3010140);
    parsum_result_free(result);
}

static void arrays_are_read_where_they_lie(void **state)
{
    (void)state;
    static float x[1000];
    static int32_t y[10][100];
    for (int k = 0; k < 1000; k++) {
        x[k] = (float)k / 4;
        y[k / 100][k % 100] = k;
    }
    const struct parsum_array arrays[] = {{"x", "f4", x, 1000, 0}, {"y", "i4", y, 10, 100}};
    struct parsum_result *result = run(TASK(.arrays = arrays, .array_count = 2,
                                            .terms = TEXTS("x[i]", "y[i/100][i%100]", "y_cols")));
    assert_true(parsum_result_total(result, 0).real == 499500.0 / 4);
    assert_int_equal(parsum_result_total(result, 1).low, 499500);
    assert_int_equal(parsum_result_total(result, 2).low, 100000);
    parsum_result_free(result);
    const struct parsum_error error =
        refused(TASK(.arrays = arrays, .array_count = 1, .terms = TEXTS("x[i+1]")), PARSUM_FAULT);
    assert_int_equal(error.i, 999);
    assert_non_null(strstr(error.text, "x has indexes [0, 1000)"));
}

static void tables_and_lists_have_rows_of_their_own(void **state)
{
    (void)state;
    struct parsum_result *result =
        run(TASK(FEW, .terms = TEXTS("i"), .by = "i % 3 + 5", .reduce = "count,max"));
    assert_int_equal(parsum_result_rows(result), 5);
    assert_int_equal(parsum_result_at(result)[0], 3);
    assert_int_equal(parsum_result_integers(result, 1)[4], 99998);
    assert_int_equal(parsum_result_total(result, 0).low, 101004);
    assert_int_equal(parsum_result_summary(result).rows, PARSUM_KEYS);
    parsum_result_free(result);
    result = run(TASK(FEW, .list = "i % 100 == 7 ? i * 2 : 0", .first = 12));
    assert_int_equal(parsum_result_rows(result), 12);
    assert_string_equal(parsum_result_name(result, 0), "value");
    assert_int_equal(parsum_result_at(result)[9], 907);
    assert_int_equal(parsum_result_integers(result, 0)[9], 1814);
    assert_int_equal(parsum_result_numbers(result)[10], 3);
    assert_int_equal(parsum_result_total(result, 0).low, 12);
    assert_int_equal(parsum_result_summary(result).rows, PARSUM_HITS);
    parsum_result_free(result);
}

static void integers_of_any_size_come_whole(void **state)
{
    (void)state;
    struct parsum_result *const result =
        run(TASK(JOBS({0, 2}, {0, 4}), .job_count = 2, .integer = cube, .name = "cube"));
    assert_int_equal(parsum_result_integers(result, 0)[1], 36);
    parsum_result_free(result);
    struct parsum_result *const wide =
        run(TASK(JOBS({0, 2}, {0, 4}), .job_count = 2, .terms = TEXTS("-((__int128)1 << 90) * i")));
    assert_null(parsum_result_integers(wide, 0));
    char text[PARSUM_VALUE_TEXT];
    const struct parsum_value value = parsum_result_value(wide, 1, 0);
    assert_int_equal(parsum_value_print(&value, text), 29);
    assert_string_equal(text, "-7427640235712281649394745344");
    parsum_result_free(wide);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    struct parsum_error error = refused(TASK(FEW, .terms = TEXTS("1.0/ii")), PARSUM_TERM);
    assert_non_null(strstr(error.text, "'ii' undeclared"));
    error = refused(TASK(FEW, .terms = TEXTS("100/(i-999)")), PARSUM_FAULT);
    assert_true(error.job == 1 && error.i == 999);
    assert_non_null(
        strstr(refused(TASK(JOBS({3, 2}), .job_count = 1), PARSUM_USAGE).text, "backwards"));
    refused(TASK(.terms = TEXTS("i")), PARSUM_USAGE); /* no jobs */
    refused(TASK(FEW, .input = "-"), PARSUM_USAGE);
    refused(TASK(FEW, .real = inverse, .terms = TEXTS("i")), PARSUM_USAGE);
    refused(TASK(FEW, .reals = three), PARSUM_USAGE); /* how many values? */
    refused(TASK(FEW, .real = inverse, .defines = TEXTS("K=1")), PARSUM_USAGE);
    refused(TASK(FEW, .first = 3), PARSUM_USAGE);
    refused(TASK(.random = 3, .below = -1), PARSUM_USAGE);
    double sum = 7;
    assert_int_equal(parsum_loop(0, 0, 10, NULL, NULL, &sum), PARSUM_USAGE);
    assert_int_equal(parsum_error().status, PARSUM_USAGE);
    assert_true(sum == 7);
    refused(TASK(FEW, .reduce = "middle"), PARSUM_USAGE);
    refused(TASK(FEW, .by = "i", .cumulative = 1), PARSUM_USAGE);
    refused(TASK(FEW, .list = "i", .reduce = "sum"), PARSUM_USAGE);
    refused(TASK(FEW, .by = "i", .max_keys = 10), PARSUM_FAULT);
    refused(TASK(FEW, .columns = &(struct parsum_column){"i", 0, "12345678"}, .column_count = 1,
                 .terms = TEXTS("i")),
            PARSUM_USAGE);
    refused(TASK(FEW, .columns = &(struct parsum_column){"a", 0, NULL}, .column_count = 1),
            PARSUM_USAGE);
    refused(TASK(.arrays = &(struct parsum_array){"x", "f3", "", 1, 0}, .array_count = 1,
                 .terms = TEXTS("x[i]")),
            PARSUM_USAGE);
    refused(&(struct parsum_task){.size = 1}, PARSUM_USAGE);
    refused(&(struct parsum_task){.size = sizeof(struct parsum_task) + 8}, PARSUM_USAGE);
    struct parsum_result *const result = run(TASK(FEW)); /* the next one is none the worse */
    assert_int_equal(parsum_result_integers(result, 0)[0], 499500);
    assert_int_equal(parsum_error().status, PARSUM_OK);
    parsum_result_free(result);
}

/* A struct of an older version, which had no more members than these. */
static void an_older_program_is_served(void **state)
{
    (void)state;
    struct parsum_task task = {.size = offsetof(struct parsum_task, columns), FEW};
    task.by = "a member that the older version did not have";
    struct parsum_result *const result = run(&task);
    assert_int_equal(parsum_result_integers(result, 0)[0], 499500);
    parsum_result_free(result);
}

static void a_trace_tells_who_was_busy(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *const trace = open_memstream(&text, &length);
    struct parsum_result *const result =
        run(TASK(JOBS({0, 1000000}), .job_count = 1, .real = inverse, .trace = trace));
    const struct parsum_summary summary = parsum_result_summary(result);
    assert_true(summary.busiest_seconds > 0 && summary.busy_seconds >= summary.busiest_seconds);
    assert_non_null(strstr(text, "traceEvents"));
    assert_int_equal(text[length - 2], '}');
    free(text);
    parsum_result_free(result);
}

static void a_comparison_tells_both_times(void **state)
{
    (void)state;
    struct parsum_result *const result =
        run(TASK(JOBS({0, 10000000}), .job_count = 1, .compare = 1, .grain = 1000));
    assert_true(parsum_result_summary(result).serial_seconds > 0);
    assert_int_equal(parsum_result_rows(result), 1);
    assert_int_equal(parsum_result_total(result, 0).low, 49999995000000);
    parsum_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_is_exact_on_any_number_of_threads),
        cmocka_unit_test(a_loop_tells_where_it_has_no_value),
        cmocka_unit_test(functions_have_jobs_and_all_results),
        cmocka_unit_test(terms_are_text_with_lets_defines_and_columns),
        cmocka_unit_test(arrays_are_read_where_they_lie),
        cmocka_unit_test(tables_and_lists_have_rows_of_their_own),
        cmocka_unit_test(integers_of_any_size_come_whole),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(an_older_program_is_served),
        cmocka_unit_test(a_trace_tells_who_was_busy),
        cmocka_unit_test(a_comparison_tells_both_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
