#include "check.h"
#include "base/error.h"

#include <pthread.h>
#include <stdlib.h>

static const char *quoted(const char *text, size_t length)
{
    static char room[ERROR_QUOTED];
    return error_quote(text, length, room);
}

/* The text of an error that is just `text`. */
static const char *text_of(const char *text)
{
    error_clear();
    error_set(STATUS_USAGE, "%s", text);
    return error_last().text;
}

static void the_first_error_counts_until_it_is_cleared(void **state)
{
    (void)state;
    error_clear();
    assert_int_equal(error_last().status, STATUS_OK);
    assert_string_equal(error_last().text, "");
    assert_string_equal(error_last().remedy, "");
    assert_int_equal(error_set(STATUS_USAGE, "%s: line %d", "jobs", 7), STATUS_USAGE);
    assert_int_equal(error_set(STATUS_FAILED, "disk full"), STATUS_FAILED); /* comes back too */
    assert_int_equal(error_set_lines(STATUS_FAILED, "\nx", "disk full"), STATUS_FAILED);
    assert_int_equal(error_last().status, STATUS_USAGE);
    assert_string_equal(error_last().text, "jobs: line 7");
    error_clear();
    assert_int_equal(error_last().status, STATUS_OK);
    assert_int_equal(error_set(STATUS_FAILED, "disk full"), STATUS_FAILED);
    assert_int_equal(error_last().status, STATUS_FAILED);
    assert_string_equal(error_last().text, "disk full");
}

static void *fail_elsewhere(void *unused)
{
    error_set(STATUS_FAILED, "elsewhere");
    const bool same = strcmp(error_last().text, "elsewhere") == 0;
    error_clear();
    return same ? NULL : unused;
}

static void each_thread_has_an_error_of_its_own(void **state)
{
    (void)state;
    pthread_t other;
    void *failed;
    error_clear();
    error_set(STATUS_USAGE, "here");
    assert_int_equal(pthread_create(&other, NULL, fail_elsewhere, state), 0);
    assert_int_equal(pthread_join(other, &failed), 0);
    assert_null(failed);
    assert_string_equal(error_last().text, "here");
}

static void an_error_names_its_place_and_its_remedy(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lines;
        size_t place;
        const char *remedy;
    } errors[] = {
        {"jobs:7: 'x' is no integer; take 1e3; or 1000", "", 6, "or 1000"},
        {"job 2 [0, 2): too large; make it smaller", "", 12, "make it smaller"},
        {"out of memory", "", 0, ""},
        {"out of memory; take less", "", 0, "take less"},
        {"--term: it is wrong", "\n  a: b; c", 6, ""},
        {"it is wrong", "\n  a: b; c", 0, ""},
    };
    for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
        error_clear();
        error_set_lines(STATUS_USAGE, errors[k].lines, "%s", errors[k].text);
        assert_int_equal(error_last().place, errors[k].place);
        assert_string_equal(error_last().remedy, errors[k].remedy);
    }
}

static void a_long_text_is_whole_and_an_endless_one_is_cut(void **state)
{
    (void)state;
    error_clear();
    error_set(STATUS_FAILED, "%05000d", 1);
    assert_int_equal(strlen(error_last().text), 5000);
    error_clear();
    error_set(STATUS_FAILED, "%0100000d", 1);
    assert_int_equal(strlen(error_last().text), ERROR_TEXT);
}

static char noted[ERROR_TEXT + 1];

static void take_note(const char *text)
{
    strcpy(noted, text);
}

static void notes_go_to_whoever_has_asked_and_are_no_errors(void **state)
{
    (void)state;
    error_clear();
    error_take_notes(NULL);
    error_note("to nobody");
    error_take_notes(take_note);
    error_note("by the %s", "way\n");
    assert_string_equal(noted, "by the way\\x0a");
    error_note("%0100000d", 1);
    assert_int_equal(strlen(noted), ERROR_TEXT);
    error_take_notes(NULL);
    error_note("to nobody");
    assert_int_equal(strlen(noted), ERROR_TEXT);
    assert_int_equal(error_last().status, STATUS_OK);
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
        assert_string_equal(text_of(names[k].name), names[k].shown);
        char *const shown = error_shown(names[k].name);
        assert_string_equal(shown, names[k].shown);
        free(shown);
    }
}

static void lines_below_an_error_stay_lines(void **state)
{
    (void)state;
    error_clear();
    error_set_lines(STATUS_USAGE, "\n  one\n\ttwo\033", "%s: bad", "a\nb");
    assert_string_equal(error_last().text, "a\\x0ab: bad\n  one\n\ttwo\\x1b");
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
        cmocka_unit_test(the_first_error_counts_until_it_is_cleared),
        cmocka_unit_test(each_thread_has_an_error_of_its_own),
        cmocka_unit_test(an_error_names_its_place_and_its_remedy),
        cmocka_unit_test(a_long_text_is_whole_and_an_endless_one_is_cut),
        cmocka_unit_test(notes_go_to_whoever_has_asked_and_are_no_errors),
        cmocka_unit_test(names_are_shown_and_not_obeyed),
        cmocka_unit_test(lines_below_an_error_stay_lines),
        cmocka_unit_test(quotes_show_control_bytes_and_keep_the_rest),
        cmocka_unit_test(a_long_quote_is_cut_within_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
