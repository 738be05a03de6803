#include "capture.h"
#include "check.h"
#include "cli/progress.h"

#include <sys/ioctl.h>

#define SECOND_NS 1000000000u

/* The line of a run that began `seconds` ago. */
static const char *line_after(double seconds, uint64_t total, uint64_t before, uint64_t terms)
{
    struct progress progress;
    progress_start(&progress, true, total, before);
    progress.start_ns -= (uint64_t)(seconds * SECOND_NS);
    capture_begin(STDERR_FILENO);
    progress_update(&progress, terms);
    progress_stop(&progress);
    return capture_end(STDERR_FILENO);
}

static void share_rate_and_time_left_are_shown(void **state)
{
    (void)state;
    assert_string_equal(line_after(100, 1000000, 0, 250000),
                        "[#######.......................]  25.0%  2.5 kterms/s  0:05:00 left\n");
    assert_string_equal(line_after(10, 36000, 0, 36000),
                        "[##############################] 100.0%  3.6 kterms/s  0:00:00 left\n");
    assert_string_equal(line_after(2, 20, 0, 0),
                        "[..............................]   0.0%  0.0 terms/s  0:00:00 left\n");
    assert_string_equal(line_after(20000, 92000000, 0, 20000000),
                        "[######........................]  21.7%  1.0 kterms/s  20:00:00 left\n");
}

static void what_was_done_before_counts_for_the_share_and_not_for_the_rate(void **state)
{
    (void)state;
    assert_string_equal(line_after(10, 1000, 500, 750),
                        "[######################........]  75.0%  25.0 terms/s  0:00:10 left\n");
}

static void without_a_total_terms_are_counted(void **state)
{
    (void)state;
    assert_string_equal(line_after(4, 0, 0, 2000000), "2.0 Mterms done, 500.0 kterms/s\n");
    assert_string_equal(line_after(2, 0, 0, UINT64_MAX / 2), "9.2 Eterms done, 4.6 Eterms/s\n");
}

static void the_first_second_shows_nothing_and_lines_keep_their_distance(void **state)
{
    (void)state;
    assert_string_equal(line_after(0.5, 100, 0, 10), "");
    struct progress progress;
    progress_start(&progress, true, 100, 0);
    progress.start_ns -= 2 * (uint64_t)SECOND_NS;
    capture_begin(STDERR_FILENO);
    progress_update(&progress, 10);
    progress_update(&progress, 20); /* too soon */
    progress.drawn_ns -= SECOND_NS / 10;
    progress_update(&progress, 30);
    const char *const text = capture_end(STDERR_FILENO);
    assert_contains(text, "10.0%");
    assert_contains(text, "30.0%");
    assert_null(strstr(text, "20.0%"));
}

static void where_it_is_off_only_a_question_is_answered(void **state)
{
    (void)state;
    struct progress progress;
    progress_start(&progress, false, 0, 0); /* nobody has counted */
    progress.start_ns -= 10 * (uint64_t)SECOND_NS;
    capture_begin(STDERR_FILENO);
    progress_update(&progress, 100);
    progress_stop(&progress);
    progress_tell(&progress, 1000, 100);
    assert_string_equal(capture_end(STDERR_FILENO), "parsum: 10.0%  10.0 terms/s  0:01:30 left\n");
}

/* A line half way through, on a terminal of that kind. */
static const char *terminal_line(const char *terminal, const char *no_color, bool wanted)
{
    assert_int_equal(setenv("TERM", terminal, 1), 0);
    assert_int_equal(setenv("NO_COLOR", no_color, 1), 0);
    capture_terminal_begin();
    const bool by_default = progress_default();
    struct progress progress;
    progress_start(&progress, true, 100, 0);
    progress.start_ns -= 2 * (uint64_t)SECOND_NS;
    progress_update(&progress, 50);
    progress_stop(&progress);
    const char *const text = capture_terminal_end();
    unsetenv("NO_COLOR");
    assert_int_equal(by_default, wanted);
    return text;
}

static void a_terminal_gets_a_bar_in_colour_unless_it_must_not(void **state)
{
    (void)state;
    assert_contains(terminal_line("xterm", "", true),
                    "\r\033[K[\033[32m###############...............\033[0m]  50.0%");
    assert_contains(terminal_line("dumb", "1", false),
                    "\r\033[K[###############...............]  50.0%");
    capture_begin(STDERR_FILENO);
    const bool wanted = progress_default();
    capture_end(STDERR_FILENO);
    assert_false(wanted); /* a file */
}

/* What a terminal of so many columns is shown half way through, without what erases and colours. */
static const char *line_on(int columns, uint64_t total)
{
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    capture_terminal_begin();
    assert_int_equal(
        ioctl(STDERR_FILENO, TIOCSWINSZ, &(struct winsize){.ws_col = (unsigned short)columns}), 0);
    struct progress progress;
    progress_start(&progress, true, total, 0);
    progress.start_ns -= 2 * (uint64_t)SECOND_NS;
    progress_update(&progress, 50);
    const char *const text = capture_terminal_end();
    unsetenv("NO_COLOR");
    assert_true(strncmp(text, "\r\033[K", 4) == 0);
    return text + 4;
}

static void the_line_fits_the_terminal(void **state)
{
    (void)state;
    for (int columns = 2; columns < 100; columns += 7) {
        const char *const line = line_on(columns, 100);
        assert_in_range(strlen(line), 0, columns - 1);
        assert_int_equal(strchr(line, '[') != NULL, columns >= 43);
    }
    assert_contains(line_on(50, 100), "[######......]  50.0%  25.0 terms/s  0:00:02 left");
    assert_string_equal(line_on(10, 0), "50.0 term");
    assert_int_equal(setenv("COLUMNS", "60", 1), 0); /* for one that does not tell */
    assert_in_range(strlen(line_on(0, 100)), 55, 59);
    unsetenv("COLUMNS");
    assert_contains(line_on(0, 100), "[###############...............]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_rate_and_time_left_are_shown),
        cmocka_unit_test(what_was_done_before_counts_for_the_share_and_not_for_the_rate),
        cmocka_unit_test(without_a_total_terms_are_counted),
        cmocka_unit_test(the_first_second_shows_nothing_and_lines_keep_their_distance),
        cmocka_unit_test(where_it_is_off_only_a_question_is_answered),
        cmocka_unit_test(a_terminal_gets_a_bar_in_colour_unless_it_must_not),
        cmocka_unit_test(the_line_fits_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
