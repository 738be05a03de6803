#include "capture.h"
#include "jobs.h"
#include "said.h"

#include <stdio.h>

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
        if (read_one(source, true, &next, &job) != STATUS_USAGE)
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
    assert_int_equal(read_one(source, true, &next, &job), STATUS_USAGE);
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
            assert_int_equal(read_one(source, true, &next, &job), STATUS_USAGE);
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

/* Reads all jobs in batches of `room` jobs or `terms` terms; returns how many there were, and what
   came of the last batch. */
static size_t read_batches(struct job_source *source, size_t room, uint64_t terms, struct job *jobs,
                           enum status *status)
{
    size_t count = 0;
    for (;;) {
        struct job_batch batch = {.jobs = jobs + count, .room = room, .terms = terms};
        enum job_next next = JOB_NOT_YET;
        *status = job_source_read(source, true, &next, &batch);
        assert_in_range(batch.count, 0, room);
        uint64_t before_last = 0;
        for (size_t k = 0; k + 1 < batch.count; k++)
            before_last += job_terms(batch.jobs[k]);
        assert_true(batch.count < 2 || before_last < terms);
        count += batch.count;
        if (*status || next == JOB_END)
            return count;
        assert_true(batch.count > 0 && next == JOB_READ);
    }
}

/* What range_take reads and what it leaves to range_next, however the lines fall into batches. */
static void batches_hold_what_is_read_line_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t jobs;
        bool good;
    } cases[] = {
        {"1\n2 30\n3,40\n4\t50\n", 4, true},
        {"1\n-2 3\n\n# none\n4 , 5\n6\n1e2\n7\n+8\n9 # jobs\n10\n", 9, true},
        {"1\r\n2\r\n3\n4\r5\n6 7\r\n8", 7, true},
        {"000000000000000001\n123456789012345678 123456789012345679\n"
         "1234567890123456789 1234567890123456790\n5\n",
         4, true},
        {"1\n2 3 4\n5\n", 1, false},
        {"1\n2\n4 3\n5\n", 2, false},
        {"1\n2\n9223372036854775808\n", 2, false},
        {"1\n2\n3,\n", 2, false},
        {"1\n2,,3\n", 1, false},
        {"\xef\xbb\xbf"
         "1\n2\n",
         2, true},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *name = file_with(cases[c].text, strlen(cases[c].text));
        struct job_source *source = open_source(&(struct job_spec){.input = name});
        struct job one_by_one[20], jobs[20] = {{0}};
        char place[80];
        enum status status;
        assert_int_equal(read_batches(source, 1, UINT64_MAX, one_by_one, &status), cases[c].jobs);
        assert_int_equal(status, cases[c].good ? STATUS_OK : STATUS_USAGE);
        strcpy(place, job_source_place(source));
        for (size_t room = 1; room < 10; room++) {
            for (uint64_t terms = 1; terms < 1000; terms *= 5) {
                assert_int_equal(job_source_rewind(source), STATUS_OK);
                assert_int_equal(read_batches(source, room, terms, jobs, &status), cases[c].jobs);
                assert_int_equal(status, cases[c].good ? STATUS_OK : STATUS_USAGE);
                assert_string_equal(job_source_place(source), place);
                for (size_t k = 0; k < cases[c].jobs; k++) {
                    assert_int_equal(jobs[k].start, one_by_one[k].start);
                    assert_int_equal(jobs[k].end, one_by_one[k].end);
                }
            }
        }
        job_source_close(source);
        unlink(name);
        free(name);
    }
}

static void a_batch_ends_with_the_job_that_makes_it_full(void **state)
{
    (void)state;
    char *arguments[] = {"10", "0", "20", "30", "0"};
    const char text[] = "10\n0\n20\n30\n0\n-9223372036854775808 9223372036854775807\n";
    struct job jobs[9];
    enum job_next next = JOB_END;
    for (size_t list = 0; list < 2; list++) {
        char *name = file_with(text, sizeof text - 1);
        struct job_source *source =
            open_source(list ? &(struct job_spec){.arguments = arguments, .argument_count = 5}
                             : &(struct job_spec){.input = name});
        struct job_batch batch = {.jobs = jobs, .room = 9, .terms = 30};
        assert_int_equal(job_source_read(source, true, &next, &batch), STATUS_OK);
        assert_int_equal(next, JOB_READ);
        assert_int_equal(batch.count, 3); /* 10 + 0 + 20 */
        batch = (struct job_batch){.jobs = jobs, .room = 2, .terms = 31};
        assert_int_equal(job_source_read(source, true, &next, &batch), STATUS_OK);
        assert_int_equal(batch.count, 2); /* no room */
        batch = (struct job_batch){.jobs = jobs, .room = 9, .terms = 31};
        assert_int_equal(job_source_read(source, true, &next, &batch), STATUS_OK);
        assert_int_equal(batch.count, list ? 0 : 1); /* of 2^64-1 terms */
        assert_int_equal(next, list ? JOB_END : JOB_READ);
        job_source_close(source);
        unlink(name);
        free(name);
    }
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
    assert_int_equal(read_one(source, false, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_NOT_YET);
    assert_int_equal(write(ends_of_pipe[1], "10\n2", 4), 4);
    next_is(source, 0, 10);
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
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
        cmocka_unit_test(a_file_may_have_comments_blanks_and_no_last_newline),
        cmocka_unit_test(bad_lines_are_refused_by_their_number),
        cmocka_unit_test(a_line_may_cross_reads_but_not_be_endless),
        cmocka_unit_test(a_line_ends_with_lf_cr_or_both),
        cmocka_unit_test(batches_hold_what_is_read_line_by_line),
        cmocka_unit_test(a_batch_ends_with_the_job_that_makes_it_full),
        cmocka_unit_test(a_pipe_says_not_yet_and_can_be_kept_for_a_second_pass),
        cmocka_unit_test(a_missing_file_and_a_directory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
