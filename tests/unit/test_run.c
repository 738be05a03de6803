#include "base/clock.h"
#include "capture.h"
#include "check.h"
#include "run/run.h"
#include "run/team.h"
#include "said.h"
#include "term/kernel.h"

#include <inttypes.h>

static struct control control;
static struct result result;

/* What the listener has heard: a row a job, and more. */
static struct {
    char rows[4096];
    uint64_t terms, terms_before, progress;
    uint64_t asked_all, asked;
    int begins, ends, flushes, announced;
} heard;

/* Jobs whose row can't be written, and at which a stop is asked for; 0: none. */
static uint64_t fail_at, stop_at;

static void on_begin(void *context, uint64_t terms, uint64_t terms_before)
{
    assert_ptr_equal(context, &heard);
    heard.begins++;
    heard.terms = terms;
    heard.terms_before = terms_before;
}

static void on_before_jobs(void *context)
{
    (void)context;
    heard.announced++;
}

static enum status on_job(void *context, uint64_t number, const struct job *job,
                          const union value *values)
{
    (void)context;
    char text[EXACT_TEXT];
    assert_true(heard.announced > 0);
    if (number == fail_at)
        return error_set(STATUS_FAILED, "disk full");
    if (number == stop_at)
        control_ask_stop(&control, 15);
    exact_print(EXACT_WIDE, *values, text);
    const size_t length = strlen(heard.rows);
    snprintf(heard.rows + length, sizeof heard.rows - length,
             "%" PRIu64 ",%" PRId64 ",%" PRId64 ",%s\n", number, job->start, job->end, text);
    return STATUS_OK;
}

static enum status on_flush(void *context)
{
    (void)context;
    heard.flushes++;
    return STATUS_OK;
}

static void on_progress(void *context, uint64_t terms, uint64_t hits)
{
    (void)context, (void)hits;
    assert_true(terms >= heard.progress);
    heard.progress = terms;
}

static void on_asked(void *context, uint64_t terms_all, uint64_t terms, uint64_t hits)
{
    (void)context, (void)hits;
    heard.asked_all = terms_all;
    heard.asked = terms;
}

static void on_end(void *context)
{
    (void)context;
    heard.ends++;
}

static const struct run_listener listener = {
    .context = &heard,
    .begin = on_begin,
    .before_jobs = on_before_jobs,
    .job = on_job,
    .flush = on_flush,
    .progress = on_progress,
    .asked = on_asked,
    .end = on_end,
};

/* Runs jobs on `threads` threads; `more` says how. */
static enum status run_source(struct job_source *source, const struct term *term, int threads,
                              const struct run_spec *more)
{
    struct team team;
    const struct team_spec team_spec = {.threads = threads, .term = term, .control = &control};
    struct run_spec spec = *more;
    assert_int_equal(team_open(&team, &team_spec), STATUS_OK);
    spec.term = term;
    spec.source = source;
    spec.engine = &team.engine;
    spec.control = &control;
    said_begin();
    result_clear(&result);
    const enum status status = run_jobs(&spec, &result);
    team_close(&team);
    return status;
}

/* The same for `count` jobs; what is heard of them is in `heard`. */
static enum status run_list(char *const *jobs, int count, const struct term *term, int threads,
                            struct run_spec more)
{
    struct job_source *source = NULL;
    const struct job_spec spec = {.arguments = jobs, .argument_count = count};
    memset(&heard, 0, sizeof heard);
    assert_int_equal(job_source_open(&source, &spec), STATUS_OK);
    more.listener = &listener;
    const enum status status = run_source(source, term, threads, &more);
    job_source_close(source);
    assert_int_equal(heard.begins, 1);
    assert_int_equal(heard.ends, 1);
    return status;
}

static int start_anew(void **state)
{
    (void)state;
    fail_at = stop_at = 0;
    atomic_store(&control.stop, 0);
    return 0;
}

static void jobs_are_reported_in_order_with_their_sums(void **state)
{
    (void)state;
    char *jobs[] = {"10", "5:5", "-3:4", "100000000"};
    const struct term term = kernel_built_in();
    for (int threads = 1; threads <= 8; threads *= 2) {
        assert_int_equal(run_list(jobs, 4, &term, threads, (struct run_spec){0}), STATUS_OK);
        assert_string_equal(heard.rows, "1,0,10,45\n2,5,5,0\n3,-3,4,0\n"
                                        "4,0,100000000,4999999950000000\n");
        assert_string_equal(said(), "");
        assert_int_equal(heard.terms, 100000017);
        assert_int_equal(heard.progress, 100000017);
        assert_true(heard.flushes > 0);
        assert_int_equal(result.jobs, 4);
        assert_int_equal(result.terms, 100000017);
        assert_int_equal(result.longest, 100000000);
        assert_int128_equal(*sums_integer(result.total), 4999999950000045);
    }
}

static void no_job_is_a_sum_of_zero(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    char *const none[] = {"5:5"};
    assert_int_equal(run_list(none, 1, &term, 2, (struct run_spec){0}), STATUS_OK);
    assert_int128_equal(*sums_integer(result.total), 0);
    assert_int_equal(result.terms, 0);
}

/* What a machine that computes wrong looks like: 1000 is taken for 1001. */
static bool add_wrong(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    *sums_integer(sums) += kernel_expected(start, end);
    if (start <= 1000 && 1000 < end)
        ++*sums_integer(sums);
    return true;
}

static void a_wrong_sum_is_refused_and_not_reported(void **state)
{
    (void)state;
    char *jobs[] = {"10", "999:2000", "20"};
    const struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER),
                              .add = add_wrong,
                              .built_in = true,
                              .source = "i",
                              .kernel = "wrong"};
    for (int threads = 1; threads <= 8; threads *= 2) {
        assert_int_equal(run_list(jobs, 3, &term, threads, (struct run_spec){0}),
                         STATUS_UNVERIFIED);
        assert_string_equal(heard.rows, "1,0,10,45\n");
        assert_string_equal(said(),
                            "parsum: job 2 [999, 2000): the sum came out as 1500500, but by "
                            "arithmetic it is 1500499; this machine or this build computes "
                            "wrong, try --serial and another machine\n");
    }
}

static enum term_trouble kind;

static bool fail_at_50(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    (void)context, (void)job;
    *sums_integer(sums) += kernel_expected(start, end);
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
        {TERM_NAN,
         "the term is not a number (NaN) at i = 50; leave that integer out, change the term, or "
         "ask for --skip-nan"},
        {TERM_MODES, "the term has changed how floating-point numbers are rounded"},
    };
    char *jobs[] = {"10", "20:40", "30:70", "5"};
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_INTEGER), .add = fail_at_50, .source = "f", .kernel = "f"};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kind = cases[k].kind;
        assert_int_equal(run_list(jobs, 4, &term, 4, (struct run_spec){0}), STATUS_FAILED);
        assert_true(strncmp(said(), "parsum: job 3 [30, 70): ", 24) == 0);
        assert_contains(said(), cases[k].said);
        /* All that comes before is told. */
        assert_string_equal(heard.rows, "1,0,10,45\n2,20,40,590\n");
    }
}

static bool add_huge(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        check_add_wide(sums_wide(sums), (int128)(((uint128)1 << 127) - 1));
    return true;
}

static void a_sum_that_does_not_fit_is_told_and_not_cut(void **state)
{
    (void)state;
    char *jobs[] = {"1", "2", "3"};
    const struct term term = {.results = CHECK_RESULTS(EXACT_WIDE),
                              .add = add_huge,
                              .source = "h",
                              .kernel = "h",
                              .term_ns = 1};
    static const uint64_t grains[] = {0, 1, GRAIN_JOB};
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(run_list(jobs, 3, &term, 2, (struct run_spec){.grain = grains[k]}),
                         STATUS_FAILED);
        assert_string_equal(said(), "parsum: job 2 [0, 2): its sum is too large for its type; make "
                                    "the terms smaller\n");
        assert_string_equal(heard.rows, "1,0,1,170141183460469231731687303715884105727\n");
    }
}

static bool add_slowly(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++, ++*sums_integer(sums))
        usleep(20000);
    return true;
}

static void out_of_time_a_run_stops_without_an_error(void **state)
{
    (void)state;
    char *jobs[] = {"2", "1000000"};
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_INTEGER), .add = add_slowly, .source = "s", .kernel = "s"};
    const uint64_t start_ns = clock_ns();
    const struct run_spec soon = {.stop_ns = start_ns + 300000000};
    assert_int_equal(run_list(jobs, 2, &term, 4, soon), STATUS_STOPPED);
    assert_in_range(clock_ns() - start_ns, 300000000, 5000000000);
    assert_string_equal(heard.rows, "1,0,2,2\n");
    assert_string_equal(said(), "");
}

static void a_stop_that_is_asked_for_ends_the_run_without_an_error(void **state)
{
    (void)state;
    char *jobs[] = {"2", "1000000"};
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_INTEGER), .add = add_slowly, .source = "s", .kernel = "s"};
    stop_at = 1;
    assert_int_equal(run_list(jobs, 2, &term, 4, (struct run_spec){0}), STATUS_STOPPED);
    assert_string_equal(heard.rows, "1,0,2,2\n");
    assert_string_equal(said(), "");
}

static void a_listener_that_fails_ends_the_run(void **state)
{
    (void)state;
    char *jobs[] = {"2", "3", "4"};
    const struct term term = kernel_built_in();
    fail_at = 2;
    assert_int_equal(run_list(jobs, 3, &term, 2, (struct run_spec){0}), STATUS_FAILED);
    assert_string_equal(heard.rows, "1,0,2,1\n");
    assert_string_equal(said(), "parsum: disk full\n");
}

static void who_asks_for_a_checkpoint_is_told_how_far_the_run_is(void **state)
{
    (void)state;
    char *jobs[] = {"2", "30"};
    const struct term term = kernel_built_in();
    atomic_store(&control.checkpoint, true);
    assert_int_equal(run_list(jobs, 2, &term, 2, (struct run_spec){0}), STATUS_OK);
    assert_int_equal(heard.asked_all, 32);
    assert_in_range(heard.asked, 0, 32);
    assert_false(control_checkpoint(&control));
}

static void the_digest_tells_lists_of_sums_apart(void **state)
{
    (void)state;
    char *jobs[] = {"2", "30"}, *other[] = {"30", "2"};
    const struct term term = kernel_built_in();
    const struct run_spec with_digest = {.digest = true};
    assert_int_equal(run_list(jobs, 2, &term, 1, with_digest), STATUS_OK);
    const uint64_t digest = result.digest;
    assert_int_equal(run_list(jobs, 2, &term, 4, with_digest), STATUS_OK);
    assert_true(result.digest == digest);
    assert_int_equal(run_list(other, 2, &term, 1, with_digest), STATUS_OK);
    assert_false(result.digest == digest);
}

/* Nobody listens. */
static const struct run_spec unheard = {.listener = &(struct run_listener){0}};

static void jobs_before_a_bad_line_are_finished_and_reported(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    const char *const name = capture_file("10\n5\nten\n20\n");
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = name}), STATUS_OK);
    const enum status status = run_source(source, &term, 2, &unheard);
    assert_contains(said(), ":3: 'ten' is not an integer");
    assert_int_equal(status, STATUS_USAGE);
    assert_int_equal(result.jobs, 2);
    assert_int128_equal(*sums_integer(result.total), 55);
    job_source_close(source);
    unlink(name);
}

/* Whole jobs are handed out, so all are read before the first is begun. */
static enum status run_file(const char *text, const struct term *term, uint64_t stop_ns)
{
    const char *const name = capture_file(text);
    const struct run_spec spec = {
        .listener = unheard.listener, .grain = GRAIN_JOB, .stop_ns = stop_ns};
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = name}), STATUS_OK);
    const enum status status = run_source(source, term, 2, &spec);
    job_source_close(source);
    unlink(name);
    return status;
}

static void a_fault_before_a_bad_line_is_the_one_that_is_told(void **state)
{
    (void)state;
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_INTEGER), .add = fail_at_50, .source = "f", .kernel = "f"};
    kind = TERM_NAN;
    assert_int_equal(run_file("10\n50 52\nten\n", &term, 0), STATUS_FAILED);
    assert_contains(said(), "parsum: job 2 [50, 52): the term is not a number (NaN) at i = 50");
    assert_int_equal(error_last().status, STATUS_FAILED);
}

static void a_stop_before_a_bad_line_leaves_no_error(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    assert_int_equal(run_file("2\n3\nten\n", &term, 1), STATUS_STOPPED); /* long ago */
    assert_string_equal(said(), "");
}

static void a_file_with_too_many_terms_is_refused_at_the_line(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    const char *const name = capture_file("10\n-9223372036854775808 9223372036854775807\n");
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = name}), STATUS_OK);
    const enum status status = run_source(source, &term, 2, &unheard);
    assert_contains(said(), ":2: with it the run has more than 2^63-1 terms");
    assert_int_equal(status, STATUS_USAGE);
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
        cmocka_unit_test_setup(out_of_time_a_run_stops_without_an_error, start_anew),
        cmocka_unit_test_setup(a_stop_that_is_asked_for_ends_the_run_without_an_error, start_anew),
        cmocka_unit_test_setup(a_listener_that_fails_ends_the_run, start_anew),
        cmocka_unit_test_setup(who_asks_for_a_checkpoint_is_told_how_far_the_run_is, start_anew),
        cmocka_unit_test_setup(the_digest_tells_lists_of_sums_apart, start_anew),
        cmocka_unit_test_setup(jobs_before_a_bad_line_are_finished_and_reported, start_anew),
        cmocka_unit_test_setup(a_fault_before_a_bad_line_is_the_one_that_is_told, start_anew),
        cmocka_unit_test_setup(a_stop_before_a_bad_line_leaves_no_error, start_anew),
        cmocka_unit_test_setup(a_file_with_too_many_terms_is_refused_at_the_line, start_anew),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    result_clear(&result);
    return failed;
}
