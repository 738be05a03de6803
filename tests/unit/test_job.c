#include "capture.h"
#include "check.h"
#include "jobs/job.h"
#include "said.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct job_source *open_source(const struct job_spec *spec)
{
    struct job_source *source = NULL;
    assert_int_equal(job_source_open(&source, spec), STATUS_OK);
    return source;
}

/* The next job alone. */
static enum status read_one(struct job_source *source, bool wait, enum job_next *next,
                            struct job *job)
{
    struct job_batch batch = {.jobs = job, .room = 1, .terms = UINT64_MAX};
    const enum status status = job_source_read(source, wait, next, &batch);
    assert_int_equal(batch.count, !status && *next == JOB_READ);
    return status;
}

static void next_is(struct job_source *source, int64_t start, int64_t end)
{
    enum job_next next = JOB_END;
    struct job job = {0};
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
    assert_int_equal(next, JOB_READ);
    assert_int_equal(job.start, start);
    assert_int_equal(job.end, end);
}

static void ends(struct job_source *source)
{
    enum job_next next = JOB_READ;
    struct job job;
    assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
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

/* A file or pipe of jobs, prepared. */
static struct job_source *prepared(const struct job_spec *spec)
{
    struct control control = {0};
    struct job_source *source = open_source(spec);
    assert_int_equal(job_source_prepare(source, &control), STATUS_OK);
    return source;
}

static struct job_source *prepared_file(const char *name)
{
    return prepared(&(struct job_spec){.input = name});
}

/* The next job has that end, and these fields, parted by NULs. */
static void next_row_is(struct job_source *source, int64_t end, const char *fields, size_t length)
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

static void next_refuses(struct job_source *source, enum status status, const char *what)
{
    enum job_next next;
    struct job job;
    said_begin();
    assert_int_equal(read_one(source, true, &next, &job), status);
    assert_contains(said(), what);
    said_begin();
}

static void a_table_has_rows_with_columns(void **state)
{
    (void)state;
    const char text[] =
        "\xef\xbb\xbf# jobs\n\nend,a,name\r\n10,0.5,wide\r\n  \r\n# \"\r\n5,1,\"x,\r\ny\"";
    char *name = file_with(text, sizeof text - 1);
    struct job_source *source = prepared(&(struct job_spec){.input = name, .start = 1});
    assert_int_equal(job_source_total(source), 9 + 4);
    int64_t low, high;
    assert_true(job_source_range(source, &low, &high));
    assert_int_equal(low, 1);
    assert_int_equal(high, 10);
    const struct columns *const columns = job_source_columns(source);
    assert_int_equal(columns->count, 2);
    assert_int_equal(columns->column[0].type, COLUMN_REAL);
    assert_int_equal(columns->column[1].type, COLUMN_TEXT);
    for (int pass = 0; pass < 2; pass++) {
        next_row_is(source, 10, "0.5\0wide", 8);
        next_row_is(source, 5, "1\0x,\r\ny", 7);
        ends(source);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
    unlink(name);
    free(name);
}

/* Each byte of rows of all kinds comes to lie at the end of the buffer. */
static void rows_may_cross_the_end_of_the_buffer(void **state)
{
    (void)state;
    static const char rows[] =
        "1,\"a\"\r\n2,\"b,\"\"c\"\"\n\r\n\"\r3,d\n \n4,\"\"\r\n#\"\n5,\"e\n\"";
    enum { BUFFER = 65536 };
    char *const text = malloc(BUFFER + sizeof rows);
    memset(text, ' ', BUFFER + sizeof rows);
    memcpy(text, "end,t:text\n", 11);
    for (size_t before = 0; before <= sizeof rows; before++) {
        const size_t at = BUFFER - before;
        memset(text + 11, '#', BUFFER + sizeof rows - 11);
        text[at - 1] = '\n';
        memcpy(text + at, rows, sizeof rows - 1);
        char *name = file_with(text, at + sizeof rows - 1);
        struct job_source *source = prepared_file(name);
        for (int pass = 0; pass < 2; pass++) {
            next_row_is(source, 1, "a", 1);
            next_row_is(source, 2, "b,\"c\"\n\r\n", 8);
            next_row_is(source, 3, "d", 1);
            next_row_is(source, 4, "", 0);
            next_row_is(source, 5, "e\n", 2);
            ends(source);
            assert_int_equal(job_source_rewind(source), STATUS_OK);
        }
        job_source_close(source);
        unlink(name);
        free(name);
    }
    free(text);
}

static void lines_are_counted_as_editors_count_them(void **state)
{
    (void)state;
    const char text[] = "end,t\n1,\"a\n\r\nb\rc\"\n2,x\n\n3,y,z\n";
    char *name = file_with(text, sizeof text - 1);
    struct job_source *source = prepared_file(name);
    char place[64];
    for (int pass = 0; pass < 2; pass++) {
        next_row_is(source, 1, "a\n\r\nb\rc", 7);
        snprintf(place, sizeof place, "%s:2", name);
        assert_string_equal(job_source_place(source), place);
        next_row_is(source, 2, "x", 1);
        snprintf(place, sizeof place, "%s:6", name);
        assert_string_equal(job_source_place(source), place);
        next_refuses(source, STATUS_USAGE, ":8: there are fields behind column t");
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
    unlink(name);
    free(name);
}

static void a_quote_that_is_never_closed_is_told_where_it_opens(void **state)
{
    (void)state;
    static const size_t lengths[] = {100, 65536, 200000};
    for (size_t k = 0; k < 3; k++) {
        char *const text = malloc(lengths[k]);
        memset(text, 'x', lengths[k]);
        memcpy(text, "end,t\n1,a\n2,\"b\n", 15);
        char *name = file_with(text, lengths[k]);
        struct job_source *source = prepared_file(name);
        next_row_is(source, 1, "a", 1);
        next_refuses(source, STATUS_USAGE, ":3: ");
        job_source_close(source);
        unlink(name);
        free(name);
        free(text);
    }
}

static void write_file(const char *name, const char *text)
{
    FILE *const file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The table is 0,10,1 and 0,20,5; then it is another. */
static void a_file_that_changes_between_its_readings_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int good; /* how many rows come before the refusal */
    } cases[] = {
        {"start,end,b\n0,10,1\n0,20,5\n", 0},         /* another header */
        {"end,start,a\n0,10,1\n0,20,5\n", 0},         /* the same columns, moved */
        {"start,end,a\n0,10,1\n0,20,6\n", 1},         /* a value that was not foreseen */
        {"start,end,a\n0,10,1\n-1,20,5\n", 1},        /* a range that was not */
        {"start,end,a\n0,10,1\n0,21,5\n", 1},         /* neither */
        {"start,end,a\n0,10,1\n0,20,4\n", 2},         /* one that could have been */
        {"start,end,a\n0,10,1\n", 1},                 /* shorter */
        {"start,end,a\n0,10,1\n0,20,5\n0,10,1\n", 3}, /* longer */
        {"", 0},                                      /* empty */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char *name = file_with("start,end,a\n0,10,1\n0,20,5\n", 26);
        struct job_source *source = prepared_file(name);
        write_file(name, cases[k].text);
        enum job_next next;
        struct job job;
        for (int row = 0; row < cases[k].good; row++) {
            assert_int_equal(read_one(source, true, &next, &job), STATUS_OK);
            assert_int_equal(next, JOB_READ);
            free(job.row);
        }
        next_refuses(source, STATUS_FAILED, ": was changed while it was read");
        job_source_close(source);
        unlink(name);
        free(name);
    }
}

static void a_bad_row_is_told_when_those_before_it_are_done(void **state)
{
    (void)state;
    char *name = file_with("end,a\n1,2\n3,4\n5,x,\n6,7.5\n", 25);
    struct job_source *source = prepared_file(name);
    assert_int_equal(error_last().status, STATUS_OK);
    assert_int_equal(job_source_total(source), 0);
    int64_t low, high;
    assert_false(job_source_range(source, &low, &high));
    for (int pass = 0; pass < 2; pass++) {
        next_row_is(source, 1, "2", 1);
        next_row_is(source, 3, "4", 1);
        next_refuses(source, STATUS_USAGE, ":4: there are fields behind column a");
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
    unlink(name);
    free(name);
}

/* What comes through a pipe, all of it there. */
static struct job_source *piped(const char *text, bool kept)
{
    int ends_of_pipe[2];
    static char path[32];
    assert_int_equal(pipe(ends_of_pipe), 0);
    assert_int_equal(write(ends_of_pipe[1], text, strlen(text)), strlen(text));
    close(ends_of_pipe[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends_of_pipe[0]);
    struct job_source *const source =
        open_source(&(struct job_spec){.input = path, .start = 5, .end = 1000, .has_end = true});
    struct control control = {0};
    if (kept)
        assert_int_equal(job_source_keep(source), STATUS_OK);
    assert_int_equal(job_source_prepare(source, &control), STATUS_OK);
    close(ends_of_pipe[0]);
    return source;
}

static void the_first_row_of_a_pipe_decides_on_types(void **state)
{
    (void)state;
    struct job_source *source = piped("start,n,x,t\n7,1,0.5,a\n8,2,3,4\n9,0.5,1,1\n", false);
    const struct columns *const columns = job_source_columns(source);
    assert_int_equal(columns->column[0].type, COLUMN_INTEGER);
    assert_true(columns->column[0].low == INT64_MIN && columns->column[0].high == INT64_MAX);
    assert_int_equal(columns->column[1].type, COLUMN_REAL);
    assert_int_equal(columns->column[2].type, COLUMN_TEXT);
    next_row_is(source, 1000, "1\0000.5\0a", 7);
    next_row_is(source, 1000, "2\0003\0004", 5);
    next_refuses(source, STATUS_USAGE,
                 ":4: column n: '0.5' is not an integer; give an integer, or "
                 "call the column n:real or n:text");
    job_source_close(source);
}

static void a_pipe_that_is_kept_is_read_again_with_its_header(void **state)
{
    (void)state;
    struct job_source *source = piped("\xef\xbb\xbf\nend,t\n\n7,\"a\nb\"\n8,c", true);
    for (int pass = 0; pass < 2; pass++) {
        next_row_is(source, 7, "a\nb", 3);
        next_row_is(source, 8, "c", 1);
        ends(source);
        assert_int_equal(job_source_rewind(source), STATUS_OK);
    }
    job_source_close(source);
}

static void a_table_needs_an_end_from_somewhere(void **state)
{
    (void)state;
    char *name = file_with("start,a\n1,2\n", 12);
    struct control control = {0};
    struct job_source *source = open_source(&(struct job_spec){.input = name});
    said_begin();
    assert_int_equal(job_source_prepare(source, &control), STATUS_USAGE);
    assert_contains(said(), ":1: 'start,a' is read as a header");
    assert_contains(said(), "names no end; give --end");
    job_source_close(source);
    source = prepared(&(struct job_spec){.input = name, .end = 7, .has_end = true});
    next_row_is(source, 7, "2", 1);
    job_source_close(source);
    unlink(name);
    free(name);
}

static void a_stop_and_the_time_end_the_wait_for_a_first_line(void **state)
{
    (void)state;
    int ends_of_pipe[2];
    char path[32];
    assert_int_equal(pipe(ends_of_pipe), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends_of_pipe[0]);
    struct control control = {0};
    struct job_source *source = open_source(&(struct job_spec){.input = path, .stop_ns = 1});
    said_begin();
    assert_int_equal(job_source_prepare(source, &control), STATUS_STOPPED);
    assert_contains(said(), "the time was over");
    job_source_close(source);

    said_begin();
    control_ask_stop(&control, 15);
    source = open_source(&(struct job_spec){.input = path});
    assert_int_equal(job_source_prepare(source, &control), STATUS_STOPPED);
    assert_string_equal(said(), "");
    job_source_close(source);
    close(ends_of_pipe[0]);
    close(ends_of_pipe[1]);
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
        cmocka_unit_test(a_file_may_have_comments_blanks_and_no_last_newline),
        cmocka_unit_test(bad_lines_are_refused_by_their_number),
        cmocka_unit_test(a_line_may_cross_reads_but_not_be_endless),
        cmocka_unit_test(a_line_ends_with_lf_cr_or_both),
        cmocka_unit_test(batches_hold_what_is_read_line_by_line),
        cmocka_unit_test(a_batch_ends_with_the_job_that_makes_it_full),
        cmocka_unit_test(a_pipe_says_not_yet_and_can_be_kept_for_a_second_pass),
        cmocka_unit_test(a_missing_file_and_a_directory_are_refused),
        cmocka_unit_test(a_table_has_rows_with_columns),
        cmocka_unit_test(rows_may_cross_the_end_of_the_buffer),
        cmocka_unit_test(lines_are_counted_as_editors_count_them),
        cmocka_unit_test(a_quote_that_is_never_closed_is_told_where_it_opens),
        cmocka_unit_test(a_file_that_changes_between_its_readings_is_refused),
        cmocka_unit_test(a_bad_row_is_told_when_those_before_it_are_done),
        cmocka_unit_test(the_first_row_of_a_pipe_decides_on_types),
        cmocka_unit_test(a_pipe_that_is_kept_is_read_again_with_its_header),
        cmocka_unit_test(a_table_needs_an_end_from_somewhere),
        cmocka_unit_test(a_stop_and_the_time_end_the_wait_for_a_first_line),
        cmocka_unit_test(arguments_may_have_columns),
        cmocka_unit_test(bad_columns_of_arguments_are_refused),
        cmocka_unit_test(the_description_of_arguments_knows_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
