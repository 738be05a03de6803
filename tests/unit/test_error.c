#include "capture.h"
#include "check.h"
#include "base/error.h"

static const char *quoted(const char *text, size_t length)
{
    static char room[ERROR_QUOTED];
    return error_quote(text, length, room);
}

static void a_message_is_one_line_and_its_status_comes_back(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    assert_int_equal(error_set(STATUS_USAGE, "%s: line %d", "jobs", 7), STATUS_USAGE);
    assert_int_equal(error_set(STATUS_FAILED, "disk full"), STATUS_FAILED);
    error_note("by the way");
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: jobs: line 7\nparsum: disk full\n"
                                                    "parsum: by the way\n");
    assert_string_equal(diag_last_error(), "disk full");
}

static void a_long_message_is_whole_and_an_endless_one_is_cut(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    error_note("%05000d", 1);
    assert_int_equal(strlen(capture_end(STDERR_FILENO)), strlen("parsum: \n") + 5000);
    capture_begin(STDERR_FILENO);
    error_note("%0100000d", 1);
    const off_t length = lseek(STDERR_FILENO, 0, SEEK_CUR);
    char last;
    assert_int_equal(pread(STDERR_FILENO, &last, 1, length - 1), 1);
    (void)capture_end(STDERR_FILENO);
    assert_int_equal(length, strlen("parsum: \n") + ERROR_TEXT);
    assert_int_equal(last, '\n');
}

static void names_are_shown_and_not_obeyed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *shown;
    } names[] = {
        {"a\nparsum: all is well", "a\\x0aparsum: all is well"},
        {"a\rb\tc\033[2Jd\177", "a\\x0db\\x09c\\x1b[2Jd\\x7f"},
        {"\302\233"
         "2J",
         "\\u009b2J"}, /* C1: CSI in UTF-8 */
        {"\302\200 \302\237 \302\240", "\\u0080 \\u009f \302\240"},
        {"\233"
         "2J \377 \303",
         "\\x9b2J \\xff \\xc3"}, /* and not in UTF-8 */
        {"\355\240\200 \300\212", "\\xed\\xa0\\x80 \\xc0\\x8a"},
        {"\342\200\256txt.c \342\201\246", "\\u202etxt.c \\u2066"},
        {"\303\266 \342\202\254 \360\237\230\200", "\303\266 \342\202\254 \360\237\230\200"},
        {"\\x41", "\\x41"},
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char expected[128];
        capture_begin(STDERR_FILENO);
        error_set(STATUS_USAGE, "%s: no", names[k].name);
        sprintf(expected, "parsum: %s: no\n", names[k].shown);
        assert_string_equal(capture_end(STDERR_FILENO), expected);
        char *const shown = error_shown(names[k].name);
        assert_string_equal(shown, names[k].shown);
        free(shown);
    }
}

static void lines_below_a_message_stay_lines(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    error_set_lines(STATUS_USAGE, "\n  one\n\ttwo\033", "%s: bad", "a\nb");
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: a\\x0ab: bad\n  one\n\ttwo\\x1b\n");
}

static void a_log_file_gets_shown_lines_one_below_the_other(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    messages_show("50%");
    messages_show("60%");
    error_note("done");
    messages_show(NULL);
    assert_string_equal(capture_end(STDERR_FILENO), "50%\n60%\nparsum: done\n");
}

/* What a terminal gets of it: lines replace each other, a message comes in between whole. */
static void a_terminal_gets_one_line_that_changes(void **state)
{
    (void)state;
    capture_terminal_begin();
    messages_show("50%");
    messages_show("60%");
    error_note("a note");
    messages_show(NULL); /* the note has taken it away already */
    messages_show("70%");
    messages_show(NULL);
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
    assert_string_equal(quoted("\303\266", 1), "'\\xc3'");
    assert_string_equal(quoted("\302\233", 2), "'\\u009b'");
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
            assert_in_range(strlen(shown), whole < 40 ? whole : 40, ERROR_QUOTED - 1);
            if (strlen(shown) < whole)
                assert_string_equal(shown + strlen(shown) - 4, "...'");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_one_line_and_its_status_comes_back),
        cmocka_unit_test(a_long_message_is_whole_and_an_endless_one_is_cut),
        cmocka_unit_test(names_are_shown_and_not_obeyed),
        cmocka_unit_test(lines_below_a_message_stay_lines),
        cmocka_unit_test(a_log_file_gets_shown_lines_one_below_the_other),
        cmocka_unit_test(a_terminal_gets_one_line_that_changes),
        cmocka_unit_test(quotes_show_control_bytes_and_keep_the_rest),
        cmocka_unit_test(a_long_quote_is_cut_within_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
