#include "capture.h"
#include "check.h"
#include "clock.h"
#include "kernel.h"
#include "run.h"

static struct options options;
static struct result result;

/* Runs `count` jobs on `threads` threads; standard output and error are in out and err. */
static char out[1 << 16], err[1 << 16];
static enum status run_list(char *const *jobs, int count, const struct term *term, int threads)
{
    struct job_source *source = NULL;
    struct team team;
    struct report report;
    const struct job_spec spec = {.arguments = jobs, .argument_count = count};
    assert_int_equal(job_source_open(&source, &spec), STATUS_OK);
    assert_int_equal(team_open(&team, threads, false, NULL), STATUS_OK);
    capture_begin(STDOUT_FILENO);
    capture_begin(STDERR_FILENO);
    enum status status = report_begin(&report, &options, term->kind);
    if (!status)
        status = run_jobs(&options, term, source, &team, NULL, &report, NULL, &result);
    const enum status flushed = report_flush();
    snprintf(err, sizeof err, "%.4095s", capture_end(STDERR_FILENO));
    snprintf(out, sizeof out, "%.4095s", capture_end(STDOUT_FILENO));
    team_close(&team);
    job_source_close(source);
    return status ? status : flushed;
}

static int start_anew(void **state)
{
    (void)state;
    options = (struct options){.format = FORMAT_CSV};
    return 0;
}

static void jobs_are_reported_in_order_with_their_sums(void **state)
{
    (void)state;
    char *jobs[] = {"10", "5:5", "-3:4", "100000000"};
    const struct term term = kernel_built_in();
    for (int threads = 1; threads <= 8; threads *= 2) {
        assert_int_equal(run_list(jobs, 4, &term, threads), STATUS_OK);
        assert_string_equal(out, "run,start,end,sum\n1,0,10,45\n2,5,5,0\n3,-3,4,0\n"
                                 "4,0,100000000,4999999950000000\n");
        assert_string_equal(err, "");
        assert_int_equal(result.jobs, 4);
        assert_int_equal(result.terms, 100000017);
        assert_int_equal(result.longest, 100000000);
        assert_int128_equal(result.total.low, 4999999950000045);
    }
}

static void no_job_is_a_sum_of_zero(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    char *const none[] = {"5:5"};
    assert_int_equal(run_list(none, 1, &term, 2), STATUS_OK);
    assert_int128_equal(result.total.low, 0);
    assert_int_equal(result.terms, 0);
}

/* What a machine that computes wrong looks like: 1000 is taken for 1001. */
static bool add_wrong(const void *context, int64_t start, int64_t end, struct exact *sum,
                      struct fault *fault)
{
    (void)context, (void)fault;
    sum->low += kernel_expected(start, end);
    if (start <= 1000 && 1000 < end)
        sum->low++;
    return true;
}

static void a_wrong_sum_is_refused_and_not_reported(void **state)
{
    (void)state;
    char *jobs[] = {"10", "999:2000", "20"};
    const struct term term = {.add = add_wrong, .built_in = true, .source = "i", .kernel = "wrong"};
    for (int threads = 1; threads <= 8; threads *= 2) {
        assert_int_equal(run_list(jobs, 3, &term, threads), STATUS_UNVERIFIED);
        assert_string_equal(out, "run,start,end,sum\n1,0,10,45\n");
        assert_string_equal(err, "parsum: job 2 [999, 2000): the sum came out as 1500500, but by "
                                 "arithmetic it is 1500499; this machine or this build computes "
                                 "wrong, try --serial and another machine\n");
    }
}

static enum term_trouble kind;

static bool fail_at_50(const void *context, int64_t start, int64_t end, struct exact *sum,
                       struct fault *fault)
{
    (void)context;
    sum->low += kernel_expected(start, end);
    if (end <= 50)
        return true;
    *fault = (struct fault){kind, {.i = start > 50 ? start : 50}};
    return false;
}

#define LEAVE_OUT "leave that integer out, or change the term\n"

static void a_fault_of_the_term_is_told_with_job_integer_and_remedy(void **state)
{
    (void)state;
    static const struct {
        enum term_trouble kind;
        const char *said;
    } cases[] = {
        {TERM_OVERFLOW, "a signed integer overflows in the term at i = 50; compute it in "},
        {TERM_SHIFT, "the term shifts by more bits than there are"},
        {TERM_CONVERSION, "the term converts a real to an integer that can't hold it at i = 50; "},
        {TERM_DIVISION, "the term divides an integer by zero (SIGFPE) at i = 50; " LEAVE_OUT},
        {TERM_INFINITE, "the term is infinite at i = 50; " LEAVE_OUT},
        {TERM_NAN, "the term is not a number (NaN) at i = 50; " LEAVE_OUT},
        {TERM_MODES, "the term has changed how floating-point numbers are rounded"},
    };
    char *jobs[] = {"10", "20:40", "30:70", "5"};
    const struct term term = {.add = fail_at_50, .source = "f", .kernel = "f"};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kind = cases[k].kind;
        assert_int_equal(run_list(jobs, 4, &term, 4), STATUS_FAILED);
        assert_true(strncmp(err, "parsum: job 3 [30, 70): ", 24) == 0);
        assert_contains(err, cases[k].said);
        /* All that comes before is told. */
        assert_string_equal(out, "run,start,end,sum\n1,0,10,45\n2,20,40,590\n");
    }
}

static bool add_huge(const void *context, int64_t start, int64_t end, struct exact *sum,
                     struct fault *fault)
{
    (void)context, (void)fault;
    for (int64_t i = start; i < end; i++)
        check_add_wide(sum, (int128)(((uint128)1 << 127) - 1));
    return true;
}

static void a_sum_that_does_not_fit_is_told_and_not_cut(void **state)
{
    (void)state;
    char *jobs[] = {"1", "2", "3"};
    const struct term term = {
        .kind = EXACT_WIDE, .add = add_huge, .source = "h", .kernel = "h", .term_ns = 1};
    static const uint64_t grains[] = {0, 1, GRAIN_JOB};
    for (size_t k = 0; k < 3; k++) {
        options.grain = grains[k];
        assert_int_equal(run_list(jobs, 3, &term, 2), STATUS_FAILED);
        assert_string_equal(err, "parsum: job 2 [0, 2): its sum is too large for its type; make "
                                 "the terms smaller\n");
        assert_string_equal(out, "run,start,end,sum\n"
                                 "1,0,1,170141183460469231731687303715884105727\n");
    }
}

static bool add_slowly(const void *context, int64_t start, int64_t end, struct exact *sum,
                       struct fault *fault)
{
    (void)context, (void)fault;
    for (int64_t i = start; i < end; i++, sum->low++)
        usleep(20000);
    return true;
}

static void out_of_time_a_run_stops_and_says_how_it_would_go_on(void **state)
{
    (void)state;
    char *jobs[] = {"2", "1000000"};
    const struct term term = {.add = add_slowly, .source = "s", .kernel = "s"};
    const uint64_t start_ns = clock_ns();
    options.stop_ns = start_ns + 300000000;
    assert_int_equal(run_list(jobs, 2, &term, 4), STATUS_STOPPED);
    assert_in_range(clock_ns() - start_ns, 300000000, 5000000000);
    assert_string_equal(out, "run,start,end,sum\n1,0,2,2\n");
    assert_contains(err, "parsum: --max-time is over; nothing is kept of this run: with --journal");
}

static void jobs_before_a_bad_line_are_finished_and_reported(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    const char *const name = capture_file("10\n5\nten\n20\n");
    struct job_source *source = NULL;
    struct team team;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = name}), STATUS_OK);
    assert_int_equal(team_open(&team, 2, false, NULL), STATUS_OK);
    capture_begin(STDERR_FILENO);
    const enum status status = run_jobs(&options, &term, source, &team, NULL, NULL, NULL, &result);
    assert_contains(capture_end(STDERR_FILENO), ":3: 'ten' is not an integer");
    assert_int_equal(status, STATUS_USAGE);
    assert_int_equal(result.jobs, 2);
    assert_int128_equal(result.total.low, 55);
    team_close(&team);
    job_source_close(source);
    unlink(name);
}

static void a_file_with_too_many_terms_is_refused_at_the_line(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    const char *const name = capture_file("10\n-9223372036854775808 9223372036854775807\n");
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = name}), STATUS_OK);
    struct team team;
    assert_int_equal(team_open(&team, 2, false, NULL), STATUS_OK);
    capture_begin(STDERR_FILENO);
    const enum status status = run_jobs(&options, &term, source, &team, NULL, NULL, NULL, &result);
    assert_contains(capture_end(STDERR_FILENO), ":2: with it the run has more than 2^63-1 terms");
    assert_int_equal(status, STATUS_USAGE);
    team_close(&team);
    job_source_close(source);
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(jobs_are_reported_in_order_with_their_sums, start_anew),
        cmocka_unit_test_setup(no_job_is_a_sum_of_zero, start_anew),
        cmocka_unit_test_setup(a_wrong_sum_is_refused_and_not_reported, start_anew),
        cmocka_unit_test_setup(a_fault_of_the_term_is_told_with_job_integer_and_remedy, start_anew),
        cmocka_unit_test_setup(a_sum_that_does_not_fit_is_told_and_not_cut, start_anew),
        cmocka_unit_test_setup(out_of_time_a_run_stops_and_says_how_it_would_go_on, start_anew),
        cmocka_unit_test_setup(jobs_before_a_bad_line_are_finished_and_reported, start_anew),
        cmocka_unit_test_setup(a_file_with_too_many_terms_is_refused_at_the_line, start_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
