#include "capture.h"
#include "check.h"
#include "run/trace.h"
#include "said.h"

#include <inttypes.h>

static char name[32];
static char text[1 << 20];

static bool with_reader(void)
{
    return false;
}

static bool without_reader(void)
{
    return true;
}

static struct trace *open_at(const char *path, bool (*gave_up)(void), int threads,
                             uint64_t origin_ns)
{
    const struct trace_spec spec = {fopen(path, "w"), path, gave_up};
    struct trace *trace = NULL;
    assert_non_null(spec.file);
    assert_int_equal(trace_open(&trace, &spec, threads, origin_ns), STATUS_OK);
    return trace;
}

static struct trace *open_trace(int threads)
{
    strcpy(name, capture_file("to be written over"));
    return open_at(name, with_reader, threads, 1000000);
}

/* Closes it, and reads the file. */
static const char *close_trace(struct trace *trace)
{
    assert_int_equal(trace_close(trace), STATUS_OK);
    FILE *const file = fopen(name, "r");
    assert_non_null(file);
    const size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    unlink(name);
    return text;
}

static size_t count(const char *in, const char *piece)
{
    size_t found = 0;
    for (; (in = strstr(in, piece)); in++)
        found++;
    return found;
}

static void each_thread_has_a_row_with_its_jobs(void **state)
{
    (void)state;
    struct trace *const trace = open_trace(2);
    trace_event(trace, 0, 1, 10, 1001000, 1003000);
    trace_event(trace, 1, 2, 20, 1002000, 1002500);
    assert_int_equal(trace_flush(trace), STATUS_OK);
    trace_event(trace, 0, 3, 30, 1004000, 1005000);
    close_trace(trace);
    assert_contains(text, "\"tid\": 0, \"args\": {\"name\": \"thread 0\"}");
    assert_contains(text, "\"tid\": 1, \"args\": {\"name\": \"thread 1\"}");
    assert_contains(text,
                    "{\"name\": \"job 1\", \"ph\": \"X\", \"pid\": 0, \"tid\": 0, \"ts\": 1.000, "
                    "\"dur\": 2.000, \"args\": {\"job\": 1, \"terms\": 10}}");
    assert_contains(text,
                    "{\"name\": \"job 2\", \"ph\": \"X\", \"pid\": 0, \"tid\": 1, \"ts\": 2.000, "
                    "\"dur\": 0.500, \"args\": {\"job\": 2, \"terms\": 20}}");
    assert_contains(text, "{\"events\": 3, \"lost\": 0}");
}

static void pieces_of_a_job_that_follow_each_other_are_joined(void **state)
{
    (void)state;
    struct trace *const trace = open_trace(1);
    trace_event(trace, 0, 1, 10, 1000000, 1001000);
    trace_event(trace, 0, 1, 10, 1001000, 1002000); /* at once */
    trace_event(trace, 0, 1, 10, 1006000, 1007000); /* almost at once */
    trace_event(trace, 0, 2, 10, 1007000, 1008000); /* another job */
    trace_event(trace, 0, 2, 10, 1013000, 1014000); /* a pause of 5 us */
    close_trace(trace);
    assert_int_equal(count(text, "\"ph\": \"X\""), 3);
    assert_contains(text, "\"ts\": 0.000, \"dur\": 7.000, \"args\": {\"job\": 1, \"terms\": 30}");
}

static void events_beyond_the_room_of_a_round_are_counted_as_lost(void **state)
{
    (void)state;
    struct trace *const trace = open_trace(2);
    enum { EVENTS = 5000 };
    for (uint64_t k = 0; k < EVENTS; k++)
        trace_event(trace, 1, k, 1, 1000000 + 10000 * k, 1001000 + 10000 * k);
    said_begin();
    close_trace(trace);
    const size_t written = count(text, "\"ph\": \"X\"");
    assert_in_range(written, 1000, EVENTS - 1);
    char expected[128];
    snprintf(expected, sizeof expected, "holds %zu events, %zu more did not fit", written,
             EVENTS - written);
    assert_contains(said(), expected);
    snprintf(expected, sizeof expected, "{\"events\": %zu, \"lost\": %zu}", written,
             EVENTS - written);
    assert_contains(text, expected);
}

static void a_file_holds_no_more_than_a_viewer_can_open(void **state)
{
    (void)state;
    struct trace *const trace = open_at("/dev/null", with_reader, 1, 0);
    uint64_t now = 0;
    for (int round = 0; round < 300; round++) {
        for (int k = 0; k < 4000; k++, now += 10000)
            trace_event(trace, 0, now, 1, now, now);
        assert_int_equal(trace_flush(trace), STATUS_OK);
    }
    said_begin();
    assert_int_equal(trace_close(trace), STATUS_OK);
    assert_contains(said(), "holds 1000000 events, 200000 more did not fit");
}

static void a_trace_that_cannot_be_written_is_told_of(void **state)
{
    (void)state;
    struct trace *const trace = open_at("/dev/full", with_reader, 1, 0);
    trace_event(trace, 0, 1, 1, 0, 1);
    said_begin();
    const enum status closed = trace_close(trace);
    assert_contains(said(), "/dev/full: writing the trace failed");
    assert_int_equal(closed, STATUS_FAILED);
    assert_int_equal(trace_close(NULL), STATUS_OK);
}

static void a_full_disk_is_noticed_between_rounds(void **state)
{
    (void)state;
    struct trace *const trace = open_at("/dev/full", with_reader, 1, 0);
    for (uint64_t k = 0; k < 4000; k++)
        trace_event(trace, 0, k, 1, 10000 * k, 10000 * k);
    said_begin();
    const enum status flushed = trace_flush(trace), closed = trace_close(trace);
    assert_int_equal(count(said(), "writing the trace failed"), 1);
    assert_int_equal(flushed, STATUS_FAILED);
    assert_int_equal(closed, STATUS_FAILED);
}

static void a_reader_who_has_left_is_no_failure(void **state)
{
    (void)state;
    struct trace *const trace = open_at("/dev/full", without_reader, 1, 0);
    for (uint64_t k = 0; k < 4000; k++)
        trace_event(trace, 0, k, 1, 10000 * k, 10000 * k);
    said_begin();
    assert_int_equal(trace_flush(trace), STATUS_OK);
    assert_int_equal(trace_close(trace), STATUS_STOPPED);
    assert_string_equal(said(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thread_has_a_row_with_its_jobs),
        cmocka_unit_test(pieces_of_a_job_that_follow_each_other_are_joined),
        cmocka_unit_test(events_beyond_the_room_of_a_round_are_counted_as_lost),
        cmocka_unit_test(a_file_holds_no_more_than_a_viewer_can_open),
        cmocka_unit_test(a_trace_that_cannot_be_written_is_told_of),
        cmocka_unit_test(a_full_disk_is_noticed_between_rounds),
        cmocka_unit_test(a_reader_who_has_left_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
