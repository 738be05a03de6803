#include "check.h"
#include "said.h"
#include "term/arrays.h"

#include <stdio.h>
#include <stdlib.h>

/* Arrays x and y of 100 doubles, and a table m of 10 rows and 3 columns of int32. */
static struct data data = {
    .count = 3,
    .array = {{.name = "x", .shape = {.element = ELEMENT_F8, .dimensions = 1, .n = {100, 1}}},
              {.name = "y", .shape = {.element = ELEMENT_F8, .dimensions = 1, .n = {100, 1}}},
              {.name = "m", .shape = {.element = ELEMENT_I4, .dimensions = 2, .n = {10, 3}}}},
};
static const struct term_spec spec = {.data = &data};

static char *rewritten(const char *text)
{
    char *made;
    size_t length;
    FILE *const out = open_memstream(&made, &length);
    arrays_write_expression(out, &spec, text);
    fclose(out);
    return made;
}

static void assert_becomes(const char *text, const char *expected)
{
    char *const made = rewritten(text);
    assert_string_equal(made, expected);
    free(made);
}

static void an_index_becomes_a_call(void **state)
{
    (void)state;
    assert_becomes("x[i]", "PARSUM_AT(0, (i))");
    assert_becomes("2*y [i+1] - x\n[ i ]", "2*PARSUM_AT(1, (i+1)) - PARSUM_AT(0, ( i ))");
    assert_becomes("x[y[i]]", "PARSUM_AT(0, (PARSUM_AT(1, (i))))");
    assert_becomes("m[i][2]", "PARSUM_CELL(2, (i), (2))");
    assert_becomes("m[m[i][0]] [x[0]]",
                   "PARSUM_CELL(2, (PARSUM_CELL(2, (i), (0))), (PARSUM_AT(0, (0))))");
    assert_becomes("m[i]", "PARSUM_ROW(2, (i))");
    assert_becomes("x[i][0]", "PARSUM_AT(0, (i))[0]"); /* the compiler refuses that */
}

static void what_is_no_index_of_an_array_stays(void **state)
{
    (void)state;
    static const char *const same[] = {
        "i*i",      "x + i",  "xx[i]",        "x1[i]",   "a.x[i]", "a->x[i]",    "a . x[i]",
        "\"x[i]\"", "'x'[0]", "/* x[i] */ 1", "// x[i]", "x[i",    "z[i] + 1e5", "0x[i]",
        "x(i)",     "",
    };
    for (size_t k = 0; k < sizeof same / sizeof *same; k++)
        assert_becomes(same[k], same[k]);
    assert_becomes("x[/* ] */ i]", "PARSUM_AT(0, (/* ] */ i))");
    assert_becomes("x[\"]\"[0]]", "PARSUM_AT(0, (\"]\"[0]))");
}

/* Each letter that stays is found again, wherever it goes. */
static void columns_of_messages_are_those_of_the_user(void **state)
{
    (void)state;
    static const char text[] = "A + x[B + m[C][D]] +\n E*y[F] + G";
    char *const made = rewritten(text);
    long row = 1, column = 1;
    for (const char *at = made; *at; at++, column++) {
        const char *const own = *at >= 'A' && *at <= 'G' ? strchr(text, *at) : NULL;
        const char before = at > made ? at[-1] : ' ';
        if (own && strncmp(at, "AT(", 3) != 0 && strncmp(at, "CELL", 4) != 0 && before != '_' &&
            (before < 'A' || before > 'Z')) {
            const char *const line = row == 1 ? text : strchr(text, '\n') + 1;
            assert_int_equal(arrays_column(&spec, text, row, column), own - line + 1);
        }
        if (*at == '\n')
            row++, column = 0;
    }
    free(made);
    assert_int_equal(arrays_column(&spec, "abc", 1, 2), 2);
    assert_int_equal(arrays_column(&spec, "abc", 7, 9), 9); /* nowhere: as it is */
}

static void names_of_arrays_and_of_their_sizes_are_known(void **state)
{
    (void)state;
    static const char *const own[] = {"x", "x_n", "y", "m", "m_n", "m_rows", "m_cols"};
    static const char *const others[] = {"", "x_", "x_rows", "x_cols", "n", "xx", "m_row", "z_n"};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        assert_true(arrays_have(&spec, own[k], strlen(own[k])));
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_false(arrays_have(&spec, others[k], strlen(others[k])));
}

static void the_reach_is_how_far_a_range_is_from_both_ends(void **state)
{
    (void)state;
    static const struct {
        struct term_range range;
        int before, after; /* in an array of 100 */
    } cases[] = {
        {{true, 0, 100}, 0, 0}, {{true, 1, 99}, 1, 1},    {{true, 0, 98}, 0, 2},
        {{true, 50, 60}, 8, 8}, {{true, 0, 101}, -1, -1}, {{true, -1, 100}, -1, -1},
        {{false, 0, 0}, 0, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct term_spec own = spec;
        arrays_reach(&own, cases[k].range);
        assert_int_equal(own.reach[0].before, cases[k].before);
        assert_int_equal(own.reach[0].after, cases[k].after);
        assert_int_equal(own.guarded, !cases[k].range.known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_becomes_a_call),
        cmocka_unit_test(what_is_no_index_of_an_array_stays),
        cmocka_unit_test(columns_of_messages_are_those_of_the_user),
        cmocka_unit_test(names_of_arrays_and_of_their_sizes_are_known),
        cmocka_unit_test(the_reach_is_how_far_a_range_is_from_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
