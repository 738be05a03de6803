#include "said.h"
#include "term/message.h"
#include "term/source.h"

#include <stdio.h>
#include <stdlib.h>

#define HINT "; i is the variable; --let, --define and columns of the jobs bind other names"

/* What term_message_error leaves. */
static const char *tell(const struct term_spec *spec, const char *messages)
{
    char *const copy = strdup(messages);
    assert_non_null(copy);
    said_begin();
    const enum status status = term_message_error(spec, "/tmp/private", "/home/me/own.c", copy);
    free(copy);
    assert_int_equal(status, STATUS_USAGE);
    return said();
}

static void an_error_in_an_expression_is_shown_with_a_caret(void **state)
{
    (void)state;
    const struct term_spec spec = {.values = {"2 * joker"}, .value_count = 1};
    assert_string_equal(tell(&spec,
                             "--term-0:1:5: error: 'joker' undeclared here (not in a function)\n"
                             "--term: In function 'term':\n"
                             "--term-0:1:1: error: something that follows from it\n"),
                        "parsum: --term: 'joker' undeclared" HINT "\n    2 * joker\n        ^\n");
}

static void the_line_is_the_one_of_an_expression_of_several_lines(void **state)
{
    (void)state;
    const struct term_spec spec = {.values = {"1 +\n  joker\n+ 2"}, .value_count = 1};
    assert_string_equal(tell(&spec, "--term-0:2:3: error: use of undeclared identifier 'joker'\n"),
                        "parsum: --term: use of undeclared identifier 'joker'" HINT "\n"
                        "      joker\n      ^\n");
}

static void an_error_behind_the_expression_is_shown_without_generated_code(void **state)
{
    (void)state;
    const struct term_spec spec = {.values = {"i*("}, .value_count = 1};
    assert_string_equal(tell(&spec, "--term-0:2:1: error: expected expression before ')' token\n"
                                    "/tmp/private/term_after.h:30:5: error: parsum_x unknown\n"),
                        "parsum: --term 'i*(': expected expression before ')' token\n");
}

static void a_file_is_named_as_it_was_given_and_generated_files_are_left_out(void **state)
{
    (void)state;
    const struct term_spec spec = {.file = "own.c"};
    assert_string_equal(tell(&spec, "In file included from /tmp/private/term.c:3:\n"
                                    "/home/me/own.c: In function 'term':\n"
                                    "/home/me/own.c:5:16: error: 'joker' undeclared\n"
                                    "    5 |     return i * joker;\n"
                                    "      |                ^~~~~\n"
                                    "/tmp/private/term_after.h:30:5: error: parsum_x unknown\n"
                                    "   30 |     parsum_x();\n"
                                    "cc1: some warnings being treated as errors\n"),
                        "parsum: own.c does not compile:\n"
                        "  own.c: In function 'term':\n"
                        "  own.c:5:16: error: 'joker' undeclared\n"
                        "      5 |     return i * joker;\n"
                        "        |                ^~~~~\n");
}

static void what_is_wrong_with_the_whole_file_has_words_of_its_own(void **state)
{
    (void)state;
    const struct term_spec spec = {.file = "own.c"};
    assert_non_null(strstr(tell(&spec, TERM_SOURCE_MISSING ":1:19: error: 'term' undeclared\n"),
                           "own.c defines no function term"));
    assert_non_null(
        strstr(tell(&spec, TERM_SOURCE_PARAMETER ":1:1: error: static assertion failed\n"),
               "own.c: term does not take one int64_t"));
}

static void the_file_s_own_errors_come_first(void **state)
{
    (void)state;
    const struct term_spec spec = {.file = "own.c"};
    const char *const told =
        tell(&spec, "/home/me/own.c:1:1: error: unknown type name 'int46_t'\n" TERM_SOURCE_MISSING
                    ":1:19: error: 'term' undeclared\n");
    assert_string_equal(told, "parsum: own.c does not compile:\n"
                              "  own.c:1:1: error: unknown type name 'int46_t'\n");
}

static void a_compiler_that_says_nothing_is_told_of(void **state)
{
    (void)state;
    assert_non_null(strstr(tell(&(struct term_spec){.file = "own.c"}, ""), "did not say why"));
    assert_non_null(strstr(tell(&(struct term_spec){.values = {"i"}, .value_count = 1}, ""),
                           "did not say why"));
}

static void a_warning_that_is_an_error_says_what_to_do_and_how_to_let_it_pass(void **state)
{
    (void)state;
    const struct term_spec own = {.file = "own.c"},
                           expression = {.values = {"M+1"}, .value_count = 1};
    assert_string_equal(
        tell(&own, "/home/me/own.c:2:9: error: 'w' may be used [-Werror=maybe-uninitialized]\n"),
        "parsum: own.c does not compile:\n"
        "  own.c:2:9: error: 'w' may be used [-Werror=maybe-uninitialized]\n"
        "  set it before it is read, on every way; -Wno-maybe-uninitialized in PARSUM_CC "
        "lets "
        "it pass\n");
    assert_string_equal(
        tell(&expression,
             "--term-0:1:2: error: overflow in expression [-Werror,-Winteger-overflow]\n"),
        "parsum: --term: overflow in expression [-Werror,-Winteger-overflow]; give a constant the "
        "type (int64_t) or (__int128), or ask for --wrap; -Wno-integer-overflow in PARSUM_CC "
        "lets it pass\n    M+1\n     ^\n");
}

/* C allows a constant to be cut; a real that no integer holds is another matter. */
static void warnings_of_constants_that_overflow_are_errors(void **state)
{
    (void)state;
    static const struct {
        const char *line, *refused;
    } rows[] = {
        {"a.c:1:2: warning: nothing\n", NULL},
        {"a.c:1:2: warning: conversion from 'long unsigned int' to 'uint32_t' changes value from "
         "'9' to '1' [-Woverflow]\n",
         NULL},
        {"a.c:1:2: warning: integer overflow in expression [-Woverflow]\n",
         "a.c:1:2: error: integer overflow in expression [-Woverflow]\n"},
        {"a.c:1:2: warning: overflow in conversion from 'double' to 'int' [-Woverflow]\n",
         "a.c:1:2: error: overflow in conversion from 'double' to 'int' [-Woverflow]\n"},
    };
    static const char literal[] = "a.c:1:2: warning: integer constant is too large for its type\n";
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char text[512], expected[512];
        snprintf(text, sizeof text, "%s%s", rows[0].line, rows[k].line);
        assert_false(term_message_refuse(text, true));
        assert_int_equal(term_message_refuse(text, false), rows[k].refused != NULL);
        snprintf(expected, sizeof expected, "%s%s", rows[0].line,
                 rows[k].refused ? rows[k].refused : rows[k].line);
        assert_string_equal(text, expected);
        snprintf(text, sizeof text, "%s%s", literal, rows[k].line);
        assert_true(term_message_refuse(text, true));
        assert_non_null(strstr(text, "error: integer constant is too large"));
    }
}

/* What term_message_note notes. */
static const char *note(const struct term_spec *spec, const char *messages)
{
    char *const copy = strdup(messages);
    assert_non_null(copy);
    said_begin();
    term_message_note(spec, "/home/me/own.c", copy);
    free(copy);
    return said();
}

static void what_may_not_be_meant_is_noted_once(void **state)
{
    (void)state;
    const struct term_spec own = {.file = "own.c"};
    assert_string_equal(
        note(&own,
             "/home/me/own.c:1:2: warning: conversion from 'long int' to 'int' [-Wconversion]\n"
             "/home/me/own.c:2:2: warning: conversion from 'long int' to 'int' [-Wconversion]\n"),
        "parsum: own.c:1:2: warning: conversion from 'long int' to 'int' [-Wconversion] (and 1 "
        "more "
        "such place); cast it where that is meant\n");
    assert_string_equal(
        note(&own,
             "/home/me/own.c:1:2: warning: conversion from 'int' to 'short int' [-Wconversion]\n"
             "/home/me/own.c:1:2: warning: conversion from 'long int' to 'double' "
             "[-Wconversion]\n/home/me/own.c:1:2: warning: unused [-Wunused]\n"),
        "");
    for (const char *const *power = (const char *[]){"i^2", "i ^ 10", "2^3+i", NULL}; *power;
         power++)
        assert_contains(note(&(struct term_spec){.values = {*power}, .value_count = 1}, ""),
                        "exclusive or");
    for (const char *const *other = (const char *[]){"i^i", "i^0x2", "i^123", "i^1e5", NULL};
         *other; other++)
        assert_string_equal(note(&(struct term_spec){.values = {*other}, .value_count = 1}, ""),
                            "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_of_constants_that_overflow_are_errors),
        cmocka_unit_test(what_may_not_be_meant_is_noted_once),
        cmocka_unit_test(a_warning_that_is_an_error_says_what_to_do_and_how_to_let_it_pass),
        cmocka_unit_test(an_error_in_an_expression_is_shown_with_a_caret),
        cmocka_unit_test(the_line_is_the_one_of_an_expression_of_several_lines),
        cmocka_unit_test(an_error_behind_the_expression_is_shown_without_generated_code),
        cmocka_unit_test(a_file_is_named_as_it_was_given_and_generated_files_are_left_out),
        cmocka_unit_test(what_is_wrong_with_the_whole_file_has_words_of_its_own),
        cmocka_unit_test(the_file_s_own_errors_come_first),
        cmocka_unit_test(a_compiler_that_says_nothing_is_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
