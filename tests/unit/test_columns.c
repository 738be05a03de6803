#include "check.h"
#include "jobs/columns.h"
#include "said.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct field field_of(const char *text)
{
    return (struct field){text, strlen(text)};
}

static void add(struct columns *columns, const char *name)
{
    assert_int_equal(columns_add(columns, field_of(name), "here"), STATUS_OK);
}

/* A column that has seen those fields, "5 0.5 x", one blank between two. */
static enum column_type type_of(const char *name, const char *fields)
{
    struct columns columns = {.all_seen = true};
    add(&columns, name);
    for (const char *at = fields; *at; at += *at == ' ') {
        const size_t length = strcspn(at, " ");
        columns_see(&columns, 0, (struct field){at, length});
        at += length;
    }
    columns_settle(&columns);
    const enum column_type type = columns.column[0].type;
    columns_clear(&columns);
    return type;
}

static void types_follow_from_all_fields(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        enum column_type type;
    } cases[] = {
        {"1 -2 +3", COLUMN_INTEGER},
        {"1e3", COLUMN_INTEGER},
        {"1_000 25e2", COLUMN_INTEGER},
        {"9223372036854775808", COLUMN_INTEGER}, /* which is told of when it is read */
        {"1e400", COLUMN_INTEGER},               /* the same */
        {"1.0", COLUMN_REAL},
        {"1 2 3.", COLUMN_REAL},
        {".5 7", COLUMN_REAL},
        {"1e-3", COLUMN_REAL},
        {"1e20", COLUMN_REAL},
        {"1.5e3", COLUMN_REAL},
        {"1 0.5 x", COLUMN_TEXT},
        {"nan", COLUMN_TEXT},
        {"inf", COLUMN_TEXT},
        {"-", COLUMN_TEXT},
        {"0x10", COLUMN_TEXT},
        {"1e", COLUMN_TEXT},
        {".", COLUMN_TEXT},
        {"1.5.2", COLUMN_TEXT},
        {"1__0", COLUMN_TEXT},
        {"1_000.5", COLUMN_TEXT},
        {"1e400.", COLUMN_TEXT},
        {"", COLUMN_TEXT},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        if (type_of("a", cases[k].fields) != cases[k].type)
            fail_msg("%s is of type %d", cases[k].fields, type_of("a", cases[k].fields));
}

static void a_type_that_is_given_stays(void **state)
{
    (void)state;
    assert_int_equal(type_of("a:int", "1.5 x"), COLUMN_INTEGER);
    assert_int_equal(type_of("a:real", "1 x"), COLUMN_REAL);
    assert_int_equal(type_of("a:text", "1"), COLUMN_TEXT);
}

static void a_field_is_a_number_or_none(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0", "-1e3", "0.5", "1_000", "99999999999999999999"};
    static const char *const others[] = {"", "a", "1:2", "1O", "\xff", "-", "start"};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        assert_true(field_is_number(field_of(numbers[k])));
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_false(field_is_number(field_of(others[k])));
}

static void names_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *fault;
    } cases[] = {
        {"", "is not a name"},
        {"a b", "is not a name"},
        {"1a", "is not a name"},
        {"while", "is taken"},
        {"i", "is taken"},
        {"_a", "begins with _"},
        {"sum", "is a name of parsum's output"},
        {"key", "is a name of parsum's output"},
        {"count", "is a name of parsum's output"},
        {"value", "is a name of parsum's output"},
        {"start", "is a name of parsum's output"},
        {"end", "is a name of parsum's output"},
        {"a:", "there are the types int, real and text"},
        {"a:float", "there are the types int, real and text"},
        {"b", "is there twice"},
        {"b:int", "is there twice"},
    };
    struct columns columns = {0};
    add(&columns, "b");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        said_begin();
        assert_int_equal(columns_add(&columns, field_of(cases[k].name), "f:1"), STATUS_USAGE);
        assert_contains(said(), "parsum: f:1: column ");
        assert_contains(said(), cases[k].fault);
    }
    assert_int_equal(columns.count, 1);
    columns_clear(&columns);
}

static void there_may_be_256_columns(void **state)
{
    (void)state;
    struct columns *const columns = calloc(1, sizeof *columns);
    char name[16];
    for (int k = 0; k < COLUMNS_MAX; k++) {
        snprintf(name, sizeof name, "c%d", k);
        add(columns, name);
    }
    said_begin();
    assert_int_equal(columns_add(columns, field_of("more"), "f:1"), STATUS_USAGE);
    assert_contains(said(), "more than 256 columns");
    columns_clear(columns);
    free(columns);
}

/* The number that a column of that name makes of the text; what it says if it refuses it. */
static const char *refusal(const char *name, const char *text, union number *number)
{
    struct columns columns = {0};
    struct row *row;
    add(&columns, name);
    columns_settle(&columns);
    said_begin();
    const struct field field = field_of(text);
    const enum status status = columns_row(&columns, &field, "f:2", &row);
    if (!status) {
        *number = row->numbers[0];
        assert_string_equal(row_texts(&columns, row), text);
        free(row);
    }
    columns_clear(&columns);
    return status ? said() : NULL;
}

static void integers_are_read_whole_or_refused(void **state)
{
    (void)state;
    union number number;
    assert_null(refusal("a:int", "1.0", &number));
    assert_int_equal(number.integer, 1);
    assert_null(refusal("a:int", "-9223372036854775808", &number));
    assert_true(number.integer == INT64_MIN);
    static const struct {
        const char *text, *what;
    } cases[] = {{"", "'' is empty"},
                 {"x", "'x' is not an integer"},
                 {"0.5", "'0.5' is not an integer"},
                 {"9223372036854775808", "'9223372036854775808' does not fit in 64 bits"},
                 {"1e400", "'1e400' does not fit in 64 bits"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *const text = refusal("a:int", cases[k].text, &number);
        assert_non_null(text);
        assert_contains(text, "parsum: f:2: column a: ");
        assert_contains(text, cases[k].what);
        assert_contains(text, "a:real or a:text");
    }
}

static void reals_that_would_lose_digits_of_whole_numbers_are_refused(void **state)
{
    (void)state;
    union number number;
    static const char *const exact[] = {"9007199254740992",
                                        "-9007199254740992",
                                        "9007199254740994",
                                        "9223372036854775808",
                                        "18446744073709551616",
                                        "-9223372036854775808",
                                        "9007199254740992e0",
                                        "0018446744073709551616",
                                        "9007199254740993.0",
                                        "1e300",
                                        "0.1",
                                        "+5"};
    static const char *const lossy[] = {"9007199254740993",      "-9007199254740993",
                                        "9223372036854775807",   "18446744073709551617",
                                        "9007199254740993e0",    "9_007_199_254_740_993",
                                        "0018446744073709551617"};
    for (size_t k = 0; k < sizeof exact / sizeof *exact; k++) {
        if (refusal("a:real", exact[k], &number))
            fail_msg("%s: %s", exact[k], said());
        assert_true(number.real == strtod(exact[k], NULL));
    }
    for (size_t k = 0; k < sizeof lossy / sizeof *lossy; k++) {
        const char *const text = refusal("a:real", lossy[k], &number);
        if (!text)
            fail_msg("%s was taken", lossy[k]);
        assert_contains(text, "loses digits");
        assert_contains(text, "a:text");
    }
    assert_contains(refusal("a:real", "x", &number), "'x' is not a finite real number");
    assert_contains(refusal("a:real", "inf", &number), "is not a finite real number");
    assert_contains(refusal("a:real", "1e999", &number), "is not a finite real number");
    assert_contains(refusal("a:real", "", &number), "is empty");
}

/* strtod is the slow, obvious twin. */
static void reals_have_the_bits_that_strtod_gives_them(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int k = 0; k < 200000; k++) {
        char text[64];
        const int places = (int)(check_random(&random) % 19);
        const uint64_t digits = check_random(&random) >> (check_random(&random) % 64);
        int length = snprintf(text, sizeof text, "%s%" PRIu64, k % 2 ? "-" : "", digits);
        const int point = length - places > k % 2 ? length - places : k % 2;
        memmove(text + point + 1, text + point, (size_t)(length - point + 1));
        text[point] = '.';
        length++;
        if (k % 3 == 0)
            snprintf(text + length, sizeof text - (size_t)length, "%c%d", k % 2 ? 'e' : 'E',
                     (int)(check_random(&random) % 60) - 30);
        union number number;
        if (refusal("a:real", text, &number))
            fail_msg("%s", said());
        const double expected = strtod(text, NULL);
        if (memcmp(&number.real, &expected, sizeof expected) != 0)
            fail_msg("%s is %a, not %a", text, number.real, expected);
    }
}

static void a_row_keeps_its_fields_as_they_were_written(void **state)
{
    (void)state;
    struct columns columns = {.all_seen = true};
    const struct field fields[] = {field_of("007"), field_of("a, \"b\"\n"), field_of("0.50"),
                                   field_of("")};
    static const char *const names[] = {"n", "text", "x", "empty"};
    for (size_t k = 0; k < 4; k++) {
        add(&columns, names[k]);
        columns_see(&columns, k, fields[k]);
    }
    columns_settle(&columns);
    assert_int_equal(columns.numbers, 2);
    struct row *row;
    assert_int_equal(columns_row(&columns, fields, "here", &row), STATUS_OK);
    struct row *const copy = row_copy(row);
    assert_memory_equal(copy, row, row->size);
    assert_int_equal(copy->numbers[columns.column[0].number].integer, 7);
    assert_true(copy->numbers[columns.column[2].number].real == 0.5);
    const char *text = row_texts(&columns, copy);
    for (size_t k = 0; k < 4; k++) {
        assert_string_equal(text, fields[k].text);
        text += strlen(text) + 1;
    }
    assert_ptr_equal(text, (const char *)copy + copy->size);
    free(row);
    free(copy);
    columns_clear(&columns);
    assert_null(row_copy(NULL));
}

static void bounds_are_those_of_all_values_or_none(void **state)
{
    (void)state;
    for (int all = 0; all <= 1; all++) {
        struct columns columns = {.all_seen = all};
        add(&columns, "a");
        columns_see(&columns, 0, field_of("-5"));
        columns_see(&columns, 0, field_of("1e3"));
        columns_see(&columns, 0, field_of(""));
        columns_settle(&columns);
        assert_true(columns.column[0].low == (all ? -5 : INT64_MIN));
        assert_true(columns.column[0].high == (all ? 1000 : INT64_MAX));
        columns_clear(&columns);
    }
}

/* As arguments do it: 0:10,a=1.0 0:10,a:int=5 */
static void a_type_may_be_given_later_and_bounds_are_then_right(void **state)
{
    (void)state;
    struct columns columns = {.all_seen = true};
    size_t k;
    assert_int_equal(columns_name(&columns, field_of("a"), "job 1", &k), STATUS_OK);
    columns_see(&columns, k, field_of("1.0"));
    assert_int_equal(columns_name(&columns, field_of("a:int"), "job 2", &k), STATUS_OK);
    columns_see(&columns, k, field_of("5"));
    assert_int_equal(columns_name(&columns, field_of("b"), "job 2", &k), STATUS_OK);
    assert_int_equal(k, 1);
    assert_int_equal(columns_name(&columns, field_of("a"), "job 3", &k), STATUS_OK);
    assert_int_equal(k, 0);
    said_begin();
    assert_int_equal(columns_name(&columns, field_of("a:real"), "job 3", &k), STATUS_USAGE);
    assert_contains(said(), "job 3: column 'a:real' was called int before");
    columns_settle(&columns);
    assert_int_equal(columns.column[0].type, COLUMN_INTEGER);
    assert_true(columns.column[0].low <= 1);
    assert_true(columns.column[0].high >= 5);
    columns_clear(&columns);
}

static void a_description_has_names_and_types(void **state)
{
    (void)state;
    struct columns columns = {0};
    char *text = columns_describe(&columns);
    assert_string_equal(text, "");
    free(text);
    add(&columns, "a:real");
    add(&columns, "name:text");
    add(&columns, "n:int");
    text = columns_describe(&columns);
    assert_string_equal(text, "a real, name text, n int");
    free(text);
    columns_clear(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_follow_from_all_fields),
        cmocka_unit_test(a_type_that_is_given_stays),
        cmocka_unit_test(a_field_is_a_number_or_none),
        cmocka_unit_test(names_that_cannot_be_are_refused),
        cmocka_unit_test(there_may_be_256_columns),
        cmocka_unit_test(integers_are_read_whole_or_refused),
        cmocka_unit_test(reals_that_would_lose_digits_of_whole_numbers_are_refused),
        cmocka_unit_test(reals_have_the_bits_that_strtod_gives_them),
        cmocka_unit_test(a_row_keeps_its_fields_as_they_were_written),
        cmocka_unit_test(bounds_are_those_of_all_values_or_none),
        cmocka_unit_test(a_type_may_be_given_later_and_bounds_are_then_right),
        cmocka_unit_test(a_description_has_names_and_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
