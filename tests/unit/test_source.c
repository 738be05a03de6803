#include "check.h"
#include "term/source.h"

#include <stdio.h>
#include <stdlib.h>

/* The C file of a term, which the caller frees. */
static void make(const struct term_spec *spec, const char *path, char **text)
{
    size_t length;
    assert_int_equal(term_source_make(spec, path, text, &length), STATUS_OK);
    assert_int_equal(strlen(*text), length);
}

static bool holds(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    print_error("'%s' is not in:\n%s\n", part, text);
    return false;
}

static void an_expression_stands_on_lines_of_its_own_that_bear_its_name(void **state)
{
    (void)state;
    char *text;
    make(&(struct term_spec){.values = {"i*i // square"}, .value_count = 1}, NULL, &text);
    assert_true(holds(text, "\n#line 1 \"--term-0\"\ni*i // square\n"));
    assert_true(holds(text, "#include \"term_before.h\"\n"));
    assert_true(holds(text, "#include \"term_after.h\"\n"));
    free(text);
}

static void
a_file_is_included_by_its_path_and_the_lines_after_it_name_what_can_be_wrong(void **state)
{
    (void)state;
    char *text;
    make(&(struct term_spec){.file = "own.c"}, "/there/own.c", &text);
    assert_true(holds(
        text, "#include \"/there/own.c\"\n#include \"term_types.h\"\n#line 1 \"" TERM_SOURCE_MISSING
              "\"\n"));
    assert_true(holds(text, "#line 1 \"" TERM_SOURCE_PARAMETER "\"\n"));
    assert_true(holds(text, "parsum_source[] __attribute__((unused)) = \"own.c\";"));
    free(text);
}

static void what_a_user_wrote_is_kept_as_a_string_whatever_bytes_are_in_it(void **state)
{
    (void)state;
    char *text;
    make(&(struct term_spec){.values = {"i+\"\\\n\x01?\"[0]"}, .value_count = 1}, NULL, &text);
    assert_true(holds(text, "= \"i+\\042\\134\\012\\001?\\042[0]\";"));
    free(text);
}

static void constants_are_defined_before_the_term_and_undone_after_it(void **state)
{
    (void)state;
    struct term_spec spec = {
        .values = {"N*i"}, .value_count = 1, .constants = {"N=3"}, .constant_count = 1};
    char *text;
    make(&spec, NULL, &text);
    const ptrdiff_t defined = strstr(text, "\n#define N 3\n") - text;
    const ptrdiff_t used = strstr(text, "\nN*i\n") - text;
    const ptrdiff_t undone = strstr(text, "\n#endif\n#undef N\n#include \"term_after.h\"\n") - text;
    assert_true(0 < defined && defined < used && used < undone);
    free(text);
}

/* The text that a constant's value becomes. */
static void assert_constant(const char *value, const char *expected)
{
    char constant[128], line[160];
    snprintf(constant, sizeof constant, "N=%s", value);
    struct term_spec spec = {
        .values = {"N"}, .value_count = 1, .constants = {constant}, .constant_count = 1};
    char *text;
    make(&spec, NULL, &text);
    snprintf(line, sizeof line, "\n#define N %s\n", expected);
    assert_true(holds(text, line));
    free(text);
}

static void a_number_keeps_its_value_and_the_type_that_c_gives_it(void **state)
{
    (void)state;
    assert_constant("0", "0");
    assert_constant("+42", "42");
    assert_constant("-42", "(-42)");
    assert_constant("0777", "777");
    assert_constant("0x1F", "(0x1F)");
    assert_constant("-0X1f", "(-0X1f)");
    assert_constant("9223372036854775807", "9223372036854775807");
    assert_constant("9223372036854775808", "9223372036854775808u");
    assert_constant("-9223372036854775808", "(-9223372036854775807-1)");
    assert_constant("18446744073709551615", "18446744073709551615u");
    assert_constant("1.5", "(1.5)");
    assert_constant("-.5", "(-.5)");
    assert_constant("1e3", "1000");
    assert_constant("25_000_000", "25000000");
    assert_constant("-1e18", "(-1000000000000000000)");
    assert_constant("1.0", "(1.0)");
    assert_constant("1e-3", "(1e-3)");
    assert_constant("1/4.0", "(1/4.0)");
    assert_constant("M_PI", "(M_PI)");
    assert_constant("-(1+2)*3", "(-(1+2)*3)");
    assert_constant("0x1p-1074", "(0x1p-1074)");
}

/* What becomes of the term. A refusal says why. */
static enum status try(const struct term_spec *spec)
{
    char *text = NULL;
    size_t length;
    error_clear();
    const enum status status = term_source_make(spec, NULL, &text, &length);
    assert_int_equal(error_last().status, status);
    if (status == STATUS_OK)
        free(text);
    return status;
}

static void assert_refused(const char *constant)
{
    struct term_spec spec = {
        .values = {"i"}, .value_count = 1, .constants = {constant}, .constant_count = 1};
    if (try(&spec) != STATUS_USAGE)
        fail_msg("'%s' was taken for a constant", constant);
}

static void what_is_no_constant_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "N",       "N=",     "=1",      "",          "1N=1",       "N M=1",    "N(x)=1",
        "i=1",     "term=1", "__N=1",   "N=1 000",   "N=1x",       "N=010u",   "N=0x",
        "N=0x1g",  "N=1e",   "N=1e400", "N=1) + (2", "N=(1",       "N=1 /* 2", "N=1 // 2",
        "_Bool=1", "N=1\n2", "N=1;",    "N=1e5.0",   "parsum_N=1", "N=\"1\"",
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_refused(bad[k]);
}

static void a_constant_cannot_have_two_values(void **state)
{
    (void)state;
    struct term_spec spec = {.values = {"i"},
                             .value_count = 1,
                             .constants = {"N=1", "NN=1", "N=2"},
                             .constant_count = 3};
    assert_int_equal(try(&spec), STATUS_USAGE);
}

static void a_description_has_everything_that_makes_the_term(void **state)
{
    (void)state;
    struct term_spec spec = {
        .file = "own.c", .constants = {"N=1", "M=2.5"}, .constant_count = 2, .wrap = true};
    char *const text = term_source_describe(&spec);
    assert_string_equal(text, "own.c with N=1, M=2.5, wrapping around");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_stands_on_lines_of_its_own_that_bear_its_name),
        cmocka_unit_test(
            a_file_is_included_by_its_path_and_the_lines_after_it_name_what_can_be_wrong),
        cmocka_unit_test(what_a_user_wrote_is_kept_as_a_string_whatever_bytes_are_in_it),
        cmocka_unit_test(constants_are_defined_before_the_term_and_undone_after_it),
        cmocka_unit_test(a_number_keeps_its_value_and_the_type_that_c_gives_it),
        cmocka_unit_test(what_is_no_constant_is_refused),
        cmocka_unit_test(a_constant_cannot_have_two_values),
        cmocka_unit_test(a_description_has_everything_that_makes_the_term),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
