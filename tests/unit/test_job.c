#include "jobs.h"
#include "said.h"

#include <stdio.h>

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
        assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
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

static void arguments_may_have_columns(void **state)
{
    (void)state;
    char *arguments[] = {"3:10,a=0.5,name=x=y", "5,a=1", "name=,a=-2"};
    struct job_source *source = prepared(&(struct job_spec){
        .arguments = arguments, .argument_count = 3, .start = 1, .end = 7, .has_end = true});
    assert_int_equal(job_source_total(source), 7 + 4 + 6);
    const struct columns *const columns = job_source_columns(source);
    assert_int_equal(columns->count, 2);
    assert_int_equal(columns->column[0].type, COLUMN_REAL);
    assert_int_equal(columns->column[1].type, COLUMN_TEXT);
    for (int pass = 0; pass < 2; pass++) {
        next_row_is(source, 10, "0.5\0x=y", 7);
        next_row_is(source, 5, "1\0", 2);
        next_row_is(source, 7, "-2\0", 3);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
}

static void bad_columns_of_arguments_are_refused(void **state)
{
    (void)state;
    static const struct {
        char *argument;
        const char *what;
    } cases[] = {
        {"5,a=1,", "job 2: '' is no column; a job is [START:]END,NAME=VALUE"},
        {"5,a=1,b", "job 2: 'b' is no column"},
        {"5,a=1,a=2", "job 2: column a is there twice"},
        {"5,a", "job 2: '5,a' is not an integer"},
        {"a=1", "job 2: '' is not an integer"},
        {"5", "job 2: column a: '' is empty"},
        {"5,a=1,=3", "job 2: column '' is not a name"},
        {"5,a=1,while=3", "job 2: column 'while' is taken"},
        {"5,a:int=0.5", "job 2: column a: '0.5' is not an integer"},
        {"5,a:float=0.5", "job 2: column 'a:float': there are the types"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char *arguments[] = {"10,a=1", cases[k].argument};
        struct job_source *source = NULL;
        said_begin();
        assert_int_equal(job_source_open(&source, &(struct job_spec){.arguments = arguments,
                                                                     .argument_count = 2}),
                         STATUS_USAGE);
        assert_contains(said(), cases[k].what);
    }
}

static void the_description_of_arguments_knows_their_columns(void **state)
{
    (void)state;
    char *one[] = {"10,a=1"}, *other[] = {"10,a=2"}, *none[] = {"10"};
    char **lists[] = {one, other, none};
    char texts[3][200];
    for (size_t k = 0; k < 3; k++) {
        struct job_source *source =
            prepared(&(struct job_spec){.arguments = lists[k], .argument_count = 1});
        snprintf(texts[k], sizeof texts[k], "%s", job_source_describe(source));
        job_source_close(source);
    }
    assert_string_not_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[0], texts[2]);
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
        cmocka_unit_test(arguments_may_have_columns),
        cmocka_unit_test(bad_columns_of_arguments_are_refused),
        cmocka_unit_test(the_description_of_arguments_knows_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
