#include "capture.h"
#include "check.h"
#include "cli/report.h"
#include "said.h"

#include <stdlib.h>

static const struct columns no_columns;
static const int64_t no_runs[RESULTS_VALUES];
static const struct term one_integer = {.results = &results_integer};

static const struct term built_in = {.source = "i", .kernel = "plain"};

static const union value *integer(int128 number)
{
    static union value value;
    value.integer = number;
    return &value;
}

/* A report of two jobs and their total, as it comes out; the team was busy for 3 s and 1 s of 4. */
static const char *report_of(const struct options *options, const struct summary *more)
{
    static const struct engine engine = {.threads = 2};
    static const struct engine_thread threads[] = {{.busy_ns = 3000000000},
                                                   {.busy_ns = 1000000000}};
    struct summary summary = *more;
    summary.totals = &(union value){.integer = 235};
    summary.runs = no_runs;
    summary.terms = 25;
    summary.longest = 15;
    summary.seconds = 4;
    summary.engine = &engine;
    summary.threads = threads;
    if (!summary.term)
        summary.term = &built_in;
    struct report report;
    capture_begin(STDOUT_FILENO);
    const enum status began = report_begin(&report, options, &one_integer, &no_columns);
    const enum status first = report_job(&report, 1, &(struct job){0, 10, NULL}, integer(45));
    const enum status second = report_job(&report, 2, &(struct job){5, 20, NULL}, integer(190));
    const enum status ended = report_end(&report, &summary);
    const char *const text = capture_end(STDOUT_FILENO);
    assert_int_equal(began | first | second | ended, STATUS_OK);
    return text;
}

static void text_is_a_line_a_job_and_one_for_the_total(void **state)
{
    (void)state;
    assert_string_equal(report_of(&(struct options){.format = FORMAT_TEXT}, &(struct summary){0}),
                        "Run #1, sum is: 45\n"
                        "Run #2, sum is: 190\n"
                        "Time took using omp is 4.000000 sum is 235\n");
}

static void quiet_text_is_the_total_alone(void **state)
{
    (void)state;
    assert_string_equal(report_of(&(struct options){.quiet = true}, &(struct summary){0}),
                        "Time took using omp is 4.000000 sum is 235\n");
}

static void a_comparison_tells_both_times_and_their_ratio(void **state)
{
    (void)state;
    assert_string_equal(report_of(&(struct options){.quiet = true},
                                  &(struct summary){.compared = true, .serial_seconds = 6}),
                        "Time took using for is 6.000000 sum is 235\n"
                        "Time took using omp is 4.000000 sum is 235\n"
                        "Speedup 1.50x on 2 threads\n");
}

/* Busy 3 and 1 of 4 seconds: mean / max = 2/3, max / elapsed = 3/4, and their product 1/2. */
static void efficiencies_are_those_of_the_definitions(void **state)
{
    (void)state;
    const char *const text = report_of(&(struct options){.stats = true}, &(struct summary){0});
    assert_contains(text, "Terms per second 6.25, kernel plain\n");
    assert_contains(text, "Busy seconds per thread 3.000000 1.000000\n");
    assert_contains(text, "Parallel efficiency 50.0% = load balance 66.7% x communication "
                          "efficiency 75.0%\n");
    assert_contains(text, "at most 1.67 times as fast as one thread");
    const char *const json =
        report_of(&(struct options){.format = FORMAT_JSON}, &(struct summary){0});
    assert_contains(json, "\"parallel_efficiency\": 0.500000,\n\"load_balance\": 0.666667,\n"
                          "\"communication_efficiency\": 0.750000,\n"
                          "\"whole_job_bound\": 1.666667,\n");
}

static void terms_of_an_earlier_run_took_none_of_the_time(void **state)
{
    (void)state;
    assert_contains(
        report_of(&(struct options){.stats = true}, &(struct summary){.terms_before = 5}),
        "Terms per second 5, ");
}

static void csv_is_a_head_and_a_row_a_job(void **state)
{
    (void)state;
    assert_string_equal(report_of(&(struct options){.format = FORMAT_CSV}, &(struct summary){0}),
                        "run,start,end,sum\n1,0,10,45\n2,5,20,190\n");
}

static void json_has_rows_total_and_where_it_ran(void **state)
{
    (void)state;
    const char *const text = report_of(
        &(struct options){.format = FORMAT_JSON},
        &(struct summary){.has_seed = true, .seed = -3, .compared = true, .serial_seconds = 6});
    assert_contains(
        text, "{\n\"jobs\": [\n{\"run\": 1, \"start\": \"0\", \"end\": \"10\", \"sum\": \"45\"}\n"
              ",{\"run\": 2, \"start\": \"5\", \"end\": \"20\", \"sum\": \"190\"}\n],\n"
              "\"total\": \"235\",\n\"seconds\": 4.000000000,\n");
    assert_contains(text, "\"serial_seconds\": 6.000000000,\n\"speedup\": 1.500000,\n");
    assert_contains(text, "\"mode\": \"omp\",\n\"threads\": 2,\n\"terms\": \"25\",\n");
    assert_contains(text, "\"busy_seconds\": [3.000000000, 1.000000000],\n");
    assert_contains(text, "\"seed\": \"-3\",\n\"term\": \"i\",\n\"kernel\": \"plain\",\n\"libm\": "
                          "false,\n\"host\": \"");
}

static void json_says_what_went_wrong_or_why_it_stopped(void **state)
{
    (void)state;
    static const struct {
        bool quiet;
        enum status status;
        const char *text;
    } cases[] = {
        {false, STATUS_USAGE,
         "{\n\"jobs\": [\n],\n\"error\": \"a \\\"line\\\"\",\n\"version\": \""},
        {true, STATUS_FAILED, "{\n\"error\": \"a \\\"line\\\"\",\n\"version\": \""},
        {true, STATUS_STOPPED, "{\n\"stopped\": \"a \\\"line\\\"\",\n\"version\": \""},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct options options = {.format = FORMAT_JSON, .quiet = cases[k].quiet};
        struct report report;
        said_begin();
        const enum status failed = error_set(cases[k].status, "a \"line\"");
        capture_begin(STDOUT_FILENO);
        enum status status = report_begin(&report, &options, &one_integer, &no_columns);
        status |= report_failure(&report, failed);
        const char *const text = capture_end(STDOUT_FILENO);
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(strncmp(text, cases[k].text, strlen(cases[k].text)), 0);
        assert_string_equal(text + strlen(text) - 4, "\"\n}\n");
    }
}

static void quiet_json_has_no_rows(void **state)
{
    (void)state;
    const char *const text =
        report_of(&(struct options){.format = FORMAT_JSON, .quiet = true}, &(struct summary){0});
    assert_null(strstr(text, "jobs"));
    assert_contains(text, "{\n\"total\": \"235\"");
}

static void json_strings_are_escaped(void **state)
{
    (void)state;
    const struct term term = {.source = "\"\\\n\001\177\302\233\u202e", .kernel = "plain"};
    assert_contains(
        report_of(&(struct options){.format = FORMAT_JSON}, &(struct summary){.term = &term}),
        "\"term\": \"\\\"\\\\\\u000a\\u0001\\u007f\\u009b\\u202e\",\n");
}

static void json_is_utf_8_whatever_the_term_holds(void **state)
{
    (void)state;
    const struct term term = {.source = "\xff|\u00e9|\u20ac|\U0001f600|\xc3|\xc0\x80|\xe0\x80\x80|"
                                        "\xed\xa0\x80|\xf4\x90\x80\x80|\xe2\x82",
                              .kernel = "plain"};
    assert_contains(
        report_of(&(struct options){.format = FORMAT_JSON}, &(struct summary){.term = &term}),
        "\"term\": \"\\ufffd|\u00e9|\u20ac|\U0001f600|\\ufffd|\\ufffd\\ufffd|\\ufffd\\ufffd\\ufffd|"
        "\\ufffd\\ufffd\\ufffd|\\ufffd\\ufffd\\ufffd\\ufffd|\\ufffd\\ufffd\",\n");
}

static void a_run_without_work_is_all_efficient(void **state)
{
    (void)state;
    const struct engine engine = {.threads = 1, .serial = true};
    const struct engine_thread idle = {0};
    struct report report;
    capture_begin(STDOUT_FILENO);
    const enum status began =
        report_begin(&report, &(struct options){.stats = true}, &one_integer, &no_columns);
    const enum status ended =
        report_end(&report, &(struct summary){.totals = &(union value){.integer = 0},
                                              .runs = no_runs,
                                              .engine = &engine,
                                              .threads = &idle,
                                              .term = &built_in});
    const char *const text = capture_end(STDOUT_FILENO);
    assert_int_equal(began | ended, STATUS_OK);
    assert_contains(text, "Time took using for is 0.000000 sum is 0\n");
    assert_contains(text, "Terms per second 0, ");
    assert_contains(text, "100.0% = load balance 100.0% x communication efficiency 100.0%");
    assert_contains(text, "at most 1.00 times");
}

/* The rows and the total of one job with three values. */
static const char *report_of_three(enum options_format format)
{
    const struct term three = {.results = CHECK_RESULTS(EXACT_INTEGER, EXACT_REAL, EXACT_WIDE)};
    const union value values[] = {{.integer = 45}, {.real = 0.5}, {.integer = (int128)1 << 64}};
    const struct engine engine = {.threads = 1};
    const struct engine_thread idle = {0};
    struct report report;
    capture_begin(STDOUT_FILENO);
    const enum status began =
        report_begin(&report, &(struct options){.format = format}, &three, &no_columns);
    const enum status row = report_job(&report, 1, &(struct job){0, 10, NULL}, values);
    const enum status ended = report_end(&report, &(struct summary){.totals = values,
                                                                    .runs = no_runs,
                                                                    .engine = &engine,
                                                                    .threads = &idle,
                                                                    .term = &built_in});
    const char *const text = capture_end(STDOUT_FILENO);
    assert_int_equal(began | row | ended, STATUS_OK);
    return text;
}

static void several_values_are_told_by_name(void **state)
{
    (void)state;
    assert_string_equal(report_of_three(FORMAT_TEXT),
                        "Run #1, sum1 is: 45, sum2 is: 0.5, sum3 is: 18446744073709551616\n"
                        "Time took using omp is 0.000000 sum1 is 45, sum2 is 0.5, sum3 is "
                        "18446744073709551616\n");
    assert_string_equal(report_of_three(FORMAT_CSV), "run,start,end,sum1,sum2,sum3\n"
                                                     "1,0,10,45,0.5,18446744073709551616\n");
    const char *const json = report_of_three(FORMAT_JSON);
    assert_contains(json, "{\"run\": 1, \"start\": \"0\", \"end\": \"10\", \"sums\": {\"sum1\": "
                          "\"45\", \"sum2\": \"0.5\", \"sum3\": \"18446744073709551616\"}}\n],\n"
                          "\"totals\": {\"sum1\": \"45\", \"sum2\": \"0.5\", "
                          "\"sum3\": \"18446744073709551616\"},\n");
}

/* The rows of two jobs with a text, a number and, with `label`, a name of their own. */
static const char *report_with_columns(enum options_format format, bool label)
{
    static const char *const fields[2][3] = {{"x, \"y\"\n", "0.50", "first"},
                                             {"\xff\x1b\xc3\xa4", "-1e3", "7"}};
    static const char *const names[] = {"name:text", "a:real", "run:text"};
    static const int64_t sums[] = {45, 190};
    struct columns columns = {0};
    struct report report;
    columns.all_seen = true;
    for (size_t k = 0; k < 2 + (size_t)label; k++)
        assert_int_equal(columns_add(&columns, (struct field){names[k], strlen(names[k])}, "here"),
                         STATUS_OK);
    columns_settle(&columns);
    capture_begin(STDOUT_FILENO);
    enum status status =
        report_begin(&report, &(struct options){.format = format}, &one_integer, &columns);
    for (size_t j = 0; j < 2; j++) {
        struct field row[3];
        struct job job = {0, 10, NULL};
        for (size_t k = 0; k < 3; k++)
            row[k] = (struct field){fields[j][k], strlen(fields[j][k])};
        status |= columns_row(&columns, row, "here", &job.row);
        status |= report_job(&report, j + 1, &job, integer(sums[j]));
        free(job.row);
    }
    status |= report_flush();
    const char *const text = capture_end(STDOUT_FILENO);
    columns_clear(&columns);
    assert_int_equal(status, STATUS_OK);
    return text;
}

static void columns_come_out_as_they_were_written(void **state)
{
    (void)state;
    assert_string_equal(report_with_columns(FORMAT_CSV, false),
                        "run,start,end,name,a,sum\n1,0,10,\"x, \"\"y\"\"\n\",0.50,45\n"
                        "2,0,10,\xff\x1b\xc3\xa4,-1e3,190\n");
    assert_string_equal(report_with_columns(FORMAT_TEXT, false),
                        "Run #1 x, \"y\"\\u000a, sum is: 45\n"
                        "Run #2 \\ufffd\\u001b\xc3\xa4, sum is: 190\n");
    assert_contains(report_with_columns(FORMAT_JSON, false),
                    "{\"run\": 1, \"start\": \"0\", \"end\": \"10\", \"columns\": {\"name\": "
                    "\"x, \\\"y\\\"\\u000a\", \"a\": \"0.50\"}, \"sum\": \"45\"}\n"
                    ",{\"run\": 2, \"start\": \"0\", \"end\": \"10\", \"columns\": {\"name\": "
                    "\"\\ufffd\\u001b\xc3\xa4\", \"a\": \"-1e3\"}, \"sum\": \"190\"}\n");
}

static void a_label_takes_the_place_of_the_run_number(void **state)
{
    (void)state;
    assert_contains(report_with_columns(FORMAT_CSV, true), "run,start,end,name,a,sum\nfirst,0,10,");
    assert_contains(report_with_columns(FORMAT_CSV, true), "\n7,0,10,");
    assert_contains(report_with_columns(FORMAT_TEXT, true), "Run #first x, ");
    assert_contains(report_with_columns(FORMAT_JSON, true), "{\"run\": \"first\", ");
    assert_contains(report_with_columns(FORMAT_JSON, true), ",{\"run\": 7, ");
    assert_null(strstr(report_with_columns(FORMAT_JSON, true), "\"run\": 7, \"run\""));
}

static void version_names_compiler_openmp_and_vectors(void **state)
{
    (void)state;
    capture_begin(STDOUT_FILENO);
    const enum status status = report_version();
    const char *const text = capture_end(STDOUT_FILENO);
    assert_int_equal(status, STATUS_OK);
    assert_true(strncmp(text, "parsum ", 7) == 0);
    assert_contains(text, "\ncompiler ");
    assert_contains(text, "\nOpenMP ");
    assert_contains(text, " bits\n");
}

static void a_full_disk_is_told_of_once(void **state)
{
    (void)state;
    for (int format = FORMAT_TEXT; format <= FORMAT_JSON; format++) {
        const struct engine engine = {.threads = 1};
        const struct engine_thread idle = {0};
        struct report report;
        said_begin();
        capture_to(STDOUT_FILENO, open("/dev/full", O_WRONLY | O_CLOEXEC));
        enum status status =
            report_begin(&report, &(struct options){.format = (enum options_format)format},
                         &one_integer, &no_columns);
        for (uint64_t k = 1; k <= 10000; k++)
            status |= report_job(&report, k, &(struct job){0, 10, NULL}, integer(45));
        const enum status flushed = report_flush();
        const enum status ended =
            report_end(&report, &(struct summary){.totals = &(union value){.integer = 0},
                                                  .runs = no_runs,
                                                  .engine = &engine,
                                                  .threads = &idle,
                                                  .term = &built_in});
        capture_stop(STDOUT_FILENO);
        assert_string_equal(said(),
                            "parsum: standard output: No space left on device; what was to be "
                            "reported is lost\n");
        assert_int_equal(status, STATUS_FAILED);
        assert_int_equal(flushed, STATUS_FAILED);
        assert_int_equal(ended, STATUS_FAILED);
    }
}

static void help_that_cannot_be_written_is_a_failure(void **state)
{
    (void)state;
    said_begin();
    capture_to(STDOUT_FILENO, open("/dev/full", O_WRONLY | O_CLOEXEC));
    const enum status status = report_help(true);
    capture_stop(STDOUT_FILENO);
    assert_contains(said(), "standard output: No space left");
    assert_int_equal(status, STATUS_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_a_line_a_job_and_one_for_the_total),
        cmocka_unit_test(quiet_text_is_the_total_alone),
        cmocka_unit_test(a_comparison_tells_both_times_and_their_ratio),
        cmocka_unit_test(efficiencies_are_those_of_the_definitions),
        cmocka_unit_test(terms_of_an_earlier_run_took_none_of_the_time),
        cmocka_unit_test(csv_is_a_head_and_a_row_a_job),
        cmocka_unit_test(json_has_rows_total_and_where_it_ran),
        cmocka_unit_test(json_says_what_went_wrong_or_why_it_stopped),
        cmocka_unit_test(quiet_json_has_no_rows),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(json_is_utf_8_whatever_the_term_holds),
        cmocka_unit_test(a_run_without_work_is_all_efficient),
        cmocka_unit_test(several_values_are_told_by_name),
        cmocka_unit_test(columns_come_out_as_they_were_written),
        cmocka_unit_test(a_label_takes_the_place_of_the_run_number),
        cmocka_unit_test(version_names_compiler_openmp_and_vectors),
        cmocka_unit_test(a_full_disk_is_told_of_once),
        cmocka_unit_test(help_that_cannot_be_written_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
