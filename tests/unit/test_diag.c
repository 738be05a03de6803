#include "capture.h"
#include "check.h"
#include "diag.h"

static const char *quoted(const char *text, size_t length)
{
    static char room[DIAG_QUOTED];
    return diag_quote(text, length, room);
}

static void a_message_is_one_line_and_its_status_comes_back(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    assert_int_equal(diag_error(STATUS_USAGE, "%s: line %d", "jobs", 7), STATUS_USAGE);
    assert_int_equal(diag_error(STATUS_FAILED, "disk full"), STATUS_FAILED);
    diag_note("by the way");
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: jobs: line 7\nparsum: disk full\n"
                                                    "parsum: by the way\n");
    assert_string_equal(diag_last_error(), "disk full");
}

static void a_message_that_is_too_long_is_cut_and_still_ends_its_line(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    diag_note("%05000d", 1);
    const char *const text = capture_end(STDERR_FILENO);
    assert_in_range(strlen(text), 1000, 1100);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void a_log_file_gets_shown_lines_one_below_the_other(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    diag_show("50%");
    diag_show("60%");
    diag_note("done");
    diag_show(NULL);
    assert_string_equal(capture_end(STDERR_FILENO), "50%\n60%\nparsum: done\n");
}

/* What a terminal gets of it: lines replace each other, a message comes in between whole. */
static void a_terminal_gets_one_line_that_changes(void **state)
{
    (void)state;
    capture_terminal_begin();
    diag_show("50%");
    diag_show("60%");
    diag_note("a note");
    diag_show(NULL); /* the note has taken it away already */
    diag_show("70%");
    diag_show(NULL);
    assert_string_equal(capture_terminal_end(),
                        "\r\033[K50%\r\033[K60%\r\033[Kparsum: a note\r\n\r\033[K70%\r\033[K");
}

static void quotes_show_control_bytes_and_keep_the_rest(void **state)
{
    (void)state;
    assert_string_equal(quoted("", 0), "''");
    assert_string_equal(quoted("1x", 2), "'1x'");
    assert_string_equal(quoted("a\0b\n\033\177", 6), "'a\\x00b\\x0a\\x1b\\x7f'");
    assert_string_equal(quoted("\303\266", 2), "'\303\266'");
}

static void a_long_quote_is_cut_within_its_room(void **state)
{
    (void)state;
    char text[200];
    for (size_t length = 1; length < sizeof text; length++) {
        for (int byte = 1; byte <= 'x';
             byte += 'x' - 1) { /* shown as four characters, and as one */
            memset(text, byte, length);
            const char *const shown = quoted(text, length);
            const size_t whole = 2 + length * (byte == 1 ? 4 : 1);
            assert_in_range(strlen(shown), whole < 40 ? whole : 40, DIAG_QUOTED - 1);
            if (strlen(shown) < whole)
                assert_string_equal(shown + strlen(shown) - 4, "...'");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_one_line_and_its_status_comes_back),
        cmocka_unit_test(a_message_that_is_too_long_is_cut_and_still_ends_its_line),
        cmocka_unit_test(a_log_file_gets_shown_lines_one_below_the_other),
        cmocka_unit_test(a_terminal_gets_one_line_that_changes),
        cmocka_unit_test(quotes_show_control_bytes_and_keep_the_rest),
        cmocka_unit_test(a_long_quote_is_cut_within_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
