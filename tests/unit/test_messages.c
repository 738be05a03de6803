#include "capture.h"
#include "check.h"
#include "cli/messages.h"

#include <sys/wait.h>

static void a_message_is_a_line(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    messages_tell("jobs: line 7");
    messages_tell("two\nlines");
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: jobs: line 7\nparsum: two\nlines\n");
}

static void notes_of_all_rooms_are_told_once_it_has_begun(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    error_note("too early");
    messages_begin();
    error_note("by the way");
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: by the way\n");
}

static void the_error_is_told_once_and_only_if_there_is_one(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    messages_tell_error();
    error_set(STATUS_FAILED, "disk full");
    error_set(STATUS_FAILED, "no memory");
    messages_tell_error();
    messages_tell_error();
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: disk full\n");
}

static void a_long_message_is_whole(void **state)
{
    (void)state;
    static char text[30001];
    memset(text, 'x', sizeof text - 1);
    capture_begin(STDERR_FILENO);
    messages_tell(text);
    assert_int_equal(strlen(capture_end(STDERR_FILENO)), strlen("parsum: \n") + strlen(text));
}

static void a_log_file_gets_shown_lines_one_below_the_other(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    messages_show("50%");
    messages_show("60%");
    messages_tell("done");
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

/* In a process of its own, as nothing ends it. */
static void one_process_of_several_speaks_for_all(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    const pid_t child = fork();
    if (child == 0) {
        messages_begin();
        messages_hold();
        messages_tell("a message");
        messages_show("50%");
        error_note("a note");
        error_set(STATUS_FAILED, "an error");
        messages_tell_error();
        _exit(0);
    }
    int ended = 0;
    const pid_t waited = waitpid(child, &ended, 0);
    const char *const told = capture_end(STDERR_FILENO);
    assert_int_equal(waited, child);
    assert_int_equal(ended, 0);
    assert_string_equal(told, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_a_line),
        cmocka_unit_test(notes_of_all_rooms_are_told_once_it_has_begun),
        cmocka_unit_test(the_error_is_told_once_and_only_if_there_is_one),
        cmocka_unit_test(a_long_message_is_whole),
        cmocka_unit_test(a_log_file_gets_shown_lines_one_below_the_other),
        cmocka_unit_test(a_terminal_gets_one_line_that_changes),
        cmocka_unit_test(one_process_of_several_speaks_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
