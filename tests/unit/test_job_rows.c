#include "jobs.h"
#include "said.h"

#include <stdio.h>

static void write_file(const char *name, const char *text)
{
    FILE *const file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
