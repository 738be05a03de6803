#include "capture.h"
#include "check.h"
#include "jobs/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct job_source *open_source(const struct job_spec *spec)
{
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, spec), STATUS_OK);
    return source;
}

static void next_is(struct job_source *source, int64_t start, int64_t end)
{
    enum job_next next = JOB_END;
    struct job job = {0};
    assert_int_equal(job_source_next(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_READ);
    assert_int_equal(job.start, start);
    assert_int_equal(job.end, end);
}

static void ends(struct job_source *source)
{
    enum job_next next = JOB_READ;
    struct job job;
    assert_int_equal(job_source_next(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_END);
}

/* A file with `text`; the caller frees the name after unlinking it. */
static char *file_with(const char *text, size_t length)
{
    char *name = strdup("/tmp/parsum-test-XXXXXX");
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    return name;
}

static void terms_are_counted_over_the_whole_range(void **state)
{
    (void)state;
    assert_int_equal(job_terms((struct job){0, 10, NULL}), 10);
    assert_int_equal(job_terms((struct job){10, 0, NULL}), 0);
    assert_int_equal(job_terms((struct job){3, 3, NULL}), 0);
    assert_true(job_terms((struct job){INT64_MIN, INT64_MAX, NULL}) == UINT64_MAX);
}

static void arguments_are_ends_or_ranges(void **state)
{
    (void)state;
    char *arguments[] = {"10", "5:20", "1e3", "-7:-3"};
    struct job_source *source =
        open_source(&(struct job_spec){.arguments = arguments, .argument_count = 4, .start = 2});
    assert_int_equal(job_source_total(source), 8 + 15 + 998 + 4);
    for (int pass = 0; pass < 2; pass++) {
        next_is(source, 2, 10);
        next_is(source, 5, 20);
        next_is(source, 2, 1000);
        next_is(source, -7, -3);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
}

static void one_bad_argument_refuses_them_all(void **state)
{
    (void)state;
    char *bad[] = {"x",     "1:",    ":1", "1:2:3", "1.5", "", "9223372036854775808",
                   "1,000", "20:10", "1",  "-1"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char *arguments[] = {"10", bad[k]};
        struct job_source *source = NULL;
        assert_int_equal(job_source_open(&source, &(struct job_spec){.arguments = arguments,
                                                                     .argument_count = 2,
                                                                     .start = 2}),
                         STATUS_USAGE);
        assert_null(source);
    }
}

static void a_seed_gives_the_same_jobs_everywhere(void **state)
{
    (void)state;
    const struct job_spec spec = {.random = 4, .below = 100000000, .seed = 1};
    struct job_source *source = open_source(&spec);
    /* computed by another implementation of splitmix64, in Python */
    const int64_t first[] = {822465, 66428519, 82890590, 21780235};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < 4; k++)
            next_is(source, 0, first[k]);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
}

static void random_ends_stay_below_their_limit_and_reach_it(void **state)
{
    (void)state;
    struct job_source *source =
        open_source(&(struct job_spec){.random = 3000, .below = 3, .seed = -9});
    int seen[3] = {0};
    for (int k = 0; k < 3000; k++) {
        enum job_next next;
        struct job job = {0};
        assert_int_equal(job_source_next(source, true, &next, &job), STATUS_OK);
        assert_in_range(job.end, 0, 2);
        seen[job.end]++;
    }
    for (int k = 0; k < 3; k++)
        assert_in_range(seen[k], 800, 1200);
    job_source_close(source);
}

static void the_total_is_known_of_lists_that_are_soon_counted(void **state)
{
    (void)state;
    static const struct {
        struct job_spec spec;
        uint64_t total;
    } cases[] = {
        {{.random = 4, .below = 100000000, .seed = 1}, 822465 + 66428519 + 82890590 + 21780235},
        {{.random = 1000001, .below = 2}, 0},    /* too many */
        {{.random = 10, .below = INT64_MAX}, 0}, /* too large */
        {{.input = "/dev/null"}, 0},             /* not read yet */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct job_source *source = open_source(&cases[k].spec);
        assert_int_equal(job_source_total(source), cases[k].total);
        job_source_close(source);
    }
}

static void arguments_that_are_too_many_to_describe_end_with_dots(void **state)
{
    (void)state;
    char *jobs[20];
    for (size_t k = 0; k < 20; k++)
        jobs[k] = "-9223372036854775807:-9223372036854775806";
    struct job_source *source =
        open_source(&(struct job_spec){.arguments = jobs, .argument_count = 20});
    const char *const text = job_source_describe(source);
    assert_contains(text, "20 arguments ");
    assert_contains(text, " -9223372036854775807:-9223372036854775806 ");
    assert_string_equal(text + strlen(text) - 3, "...");
    job_source_close(source);
}

static void a_file_may_have_comments_blanks_and_no_last_newline(void **state)
{
    (void)state;
    const char text[] = "# jobs\n\n10\n 3 5 # a range\n\t7,9\r\n1 , 2\n   \n-4 -1\n1e3\n12";
    char *name = file_with(text, sizeof text - 1);
    struct job_source *source = open_source(&(struct job_spec){.input = name, .start = 1});
    for (int pass = 0; pass < 2; pass++) {
        next_is(source, 1, 10);
        next_is(source, 3, 5);
        next_is(source, 7, 9);
        next_is(source, 1, 2);
        next_is(source, -4, -1);
        next_is(source, 1, 1000);
        next_is(source, 1, 12);
        ends(source);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
    unlink(name);
    free(name);
}

static void bad_lines_are_refused_by_their_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } bad[] = {
        {"1\n2 3 4\n", 8},  {"1\nabc\n", 6},
        {"1\n1,,2\n", 7},   {"1\n,2\n", 5},
        {"1\n2,\n", 5},     {"1\n1 2 3 # x", 11},
        {"1\n\0\n", 4},     {"1\n\xff\xfe\n", 5},
        {"1\n1.5\n", 6},    {"1\n99999999999999999999\n", 23},
        {"1\n1;2\n", 6},    {"1\n20 10\n", 8},
        {"1\r1,000\r2", 9}, {"1\r\n1,000\r\n2", 12},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char *name = file_with(bad[k].text, bad[k].length);
        struct job_source *source = open_source(&(struct job_spec){.input = name});
        next_is(source, 0, 1);
        enum job_next next;
        struct job job;
        if (job_source_next(source, true, &next, &job) != STATUS_USAGE)
            fail_msg("line %zu was not refused", k);
        char place[64];
        snprintf(place, sizeof place, "%s:2", name);
        assert_string_equal(job_source_place(source), place);
        job_source_close(source);
        unlink(name);
        free(name);
    }
}

static void a_line_may_cross_reads_but_not_be_endless(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    char *text = malloc(SIZE);
    /* 20,000 lines of ten bytes: several reads, most of which end within a line. */
    for (int k = 0; k < SIZE / 10; k++)
        snprintf(text + 10 * k, 10, "%09d", k), text[10 * k + 9] = '\n';
    char *name = file_with(text, SIZE);
    struct job_source *source = open_source(&(struct job_spec){.input = name});
    for (int k = 0; k < SIZE / 10; k++)
        next_is(source, 0, k);
    ends(source);
    job_source_close(source);
    unlink(name);
    free(name);

    memset(text, '1', SIZE);
    name = file_with(text, SIZE);
    source = open_source(&(struct job_spec){.input = name});
    enum job_next next;
    struct job job;
    assert_int_equal(job_source_next(source, true, &next, &job), STATUS_USAGE);
    job_source_close(source);
    unlink(name);
    free(name);
    free(text);
}

/* Ends of all kinds, at each place of the buffer's border. */
static void a_line_ends_with_lf_cr_or_both(void **state)
{
    (void)state;
    static const char *const kinds[] = {"\n", "\r", "\r\n"};
    enum { LINES = 20000 };
    char *const text = malloc(LINES * 8);
    for (size_t kind = 0; kind < 3; kind++) {
        for (int pad = 0; pad < 8; pad++) {
            size_t length = 0;
            for (int k = 0; k < LINES; k++)
                length += (size_t)sprintf(text + length, "%0*d%s", k ? 4 : 1 + pad, k % 10,
                                          kinds[(kind + (k % 1000 == 0)) % 3]);
            strcpy(text + length, "x");
            char *name = file_with(text, length + 1);
            struct job_source *source = open_source(&(struct job_spec){.input = name});
            for (int k = 0; k < LINES; k++)
                next_is(source, 0, k % 10);
            enum job_next next;
            struct job job;
            assert_int_equal(job_source_next(source, true, &next, &job), STATUS_USAGE);
            char place[64];
            snprintf(place, sizeof place, "%s:%d", name, LINES + 1);
            assert_string_equal(job_source_place(source), place);
            job_source_close(source);
            unlink(name);
            free(name);
        }
    }
    free(text);
}

static void a_pipe_says_not_yet_and_can_be_kept_for_a_second_pass(void **state)
{
    (void)state;
    int ends_of_pipe[2];
    assert_int_equal(pipe(ends_of_pipe), 0);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", ends_of_pipe[0]);
    struct job_source *source = open_source(&(struct job_spec){.input = path});
    assert_int_equal(job_source_keep(source), STATUS_OK);

    enum job_next next = JOB_READ;
    struct job job;
    assert_int_equal(job_source_next(source, false, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_NOT_YET);
    assert_int_equal(write(ends_of_pipe[1], "10\n2", 4), 4);
    next_is(source, 0, 10);
    assert_int_equal(job_source_next(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_NOT_YET);
    assert_int_equal(write(ends_of_pipe[1], "0\n", 2), 2);
    next_is(source, 0, 20);
    close(ends_of_pipe[1]);
    ends(source);

    assert_int_equal(job_source_rewind(source), STATUS_OK);
    next_is(source, 0, 10);
    next_is(source, 0, 20);
    ends(source);
    job_source_close(source);
    close(ends_of_pipe[0]);
}

static void a_missing_file_and_a_directory_are_refused(void **state)
{
    (void)state;
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = "/no/such/file"}),
                     STATUS_USAGE);
    assert_int_equal(job_source_open(&source, &(struct job_spec){.input = "/tmp"}), STATUS_USAGE);
    assert_null(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_counted_over_the_whole_range),
        cmocka_unit_test(arguments_are_ends_or_ranges),
        cmocka_unit_test(one_bad_argument_refuses_them_all),
        cmocka_unit_test(a_seed_gives_the_same_jobs_everywhere),
        cmocka_unit_test(random_ends_stay_below_their_limit_and_reach_it),
        cmocka_unit_test(the_total_is_known_of_lists_that_are_soon_counted),
        cmocka_unit_test(arguments_that_are_too_many_to_describe_end_with_dots),
        cmocka_unit_test(a_file_may_have_comments_blanks_and_no_last_newline),
        cmocka_unit_test(bad_lines_are_refused_by_their_number),
        cmocka_unit_test(a_line_may_cross_reads_but_not_be_endless),
        cmocka_unit_test(a_line_ends_with_lf_cr_or_both),
        cmocka_unit_test(a_pipe_says_not_yet_and_can_be_kept_for_a_second_pass),
        cmocka_unit_test(a_missing_file_and_a_directory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
