#include "exact/exact.h"

#include "check.h"
#include "doubles.h"

#include <stdio.h>
#include <stdlib.h>

#define INT128_MAX ((int128)(~(uint128)0 >> 1))
#define INT128_MIN (-INT128_MAX - 1)

static void assert_prints(enum exact_kind kind, union value value, const char *expected)
{
    char text[EXACT_TEXT];
    exact_print(kind, value, text);
    assert_string_equal(text, expected);
}

static struct exact_wide wide_sum(const int128 *terms, size_t n)
{
    struct exact_wide sum = {0};
    for (size_t j = 0; j < n; j++) {
        check_add_wide(&sum, terms[j]);
    }
    return sum;
}

static void zeros_are_an_empty_sum(void **state)
{
    (void)state;
    for (int kind = EXACT_INTEGER; kind <= EXACT_REAL; kind++) {
        struct check_sums sum;
        union value value;
        assert_true(exact_value((enum exact_kind)kind, check_empty(&sum), &value));
        assert_prints((enum exact_kind)kind, value, "0");
    }
}

static void integers_print_whole(void **state)
{
    (void)state;
    const struct {
        int128 integer;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-1, "-1"},
        {9, "9"},
        {10, "10"},
        {INT64_MIN, "-9223372036854775808"},
        {999999999999999999, "999999999999999999"},
        {1000000000000000000, "1000000000000000000"},
        {(int128)1000000000000000000 * 10 + 7, "10000000000000000007"},
        {(int128)1000000000000000000 * 1000000000000000000,
         "1000000000000000000000000000000000000"},
        {(int128)UINT64_MAX + 1, "18446744073709551616"},
        {-((int128)1 << 126), "-85070591730234615865843651857942052864"},
        {INT128_MAX, "170141183460469231731687303715884105727"},
        {INT128_MIN, "-170141183460469231731687303715884105728"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_prints(EXACT_INTEGER, (union value){.integer = cases[c].integer}, cases[c].text);
        assert_prints(EXACT_WIDE, (union value){.integer = cases[c].integer}, cases[c].text);
    }
}

static void reals_print_in_the_shortest_form(void **state)
{
    (void)state;
    const struct {
        double real;
        const char *text;
    } cases[] = {
        {0.1, "0.1"},
        {1e300, "1e+300"},
        {-2.5, "-2.5"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100, "100"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {5e-324, "5e-324"},
        {-1.5e-320, "-1.5e-320"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {-DBL_MIN, "-2.2250738585072014e-308"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_prints(EXACT_REAL, (union value){.real = cases[c].real}, cases[c].text);
    }
}

/* Significant digits of a decimal, less the zeros at either end. */
static int digits_of(const char *text)
{
    int digits = 0;
    int zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '0') {
            zeros++;
        } else if (*text >= '1' && *text <= '9') {
            digits += digits > 0 ? zeros + 1 : 1;
            zeros = 0;
        }
    }
    return digits;
}

static void reals_read_back_and_no_shorter_form_does(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int round = 0; round < 30000; round++) {
        double x =
            doubles_between(&random, round % 4 == 0 ? 0 : 1000, round % 4 == 0 ? 2046 : 1040);
        if (round % 3 == 0) {
            char few[40];
            snprintf(few, sizeof few, "%.*g", 1 + round % 16, x);
            x = strtod(few, NULL);
        }
        char text[EXACT_TEXT];
        exact_print(EXACT_REAL, (union value){.real = x}, text);
        assert_int_equal(doubles_bits(strtod(text, NULL)), doubles_bits(x));
        if (digits_of(text) > 1) {
            char shorter[40];
            snprintf(shorter, sizeof shorter, "%.*e", digits_of(text) - 2, x);
            assert_true(strtod(shorter, NULL) != x);
        }
    }
}

static void integer_sums_merge_in_128_bits(void **state)
{
    (void)state;
    int128 a = (int128)INT64_MAX * 5;
    const int128 b = (int128)UINT64_MAX * 3;
    exact_merge(EXACT_INTEGER, &a, &b);
    union value value;
    assert_true(exact_value(EXACT_INTEGER, &a, &value));
    assert_true(value.integer == (int128)INT64_MAX * 5 + (int128)UINT64_MAX * 3);
}

static void wide_terms_may_overflow_on_the_way(void **state)
{
    (void)state;
    const int128 terms[] = {INT128_MAX, INT128_MAX, INT128_MIN, -1, INT128_MIN, 3, -2, -1};
    for (size_t n = 0; n <= sizeof terms / sizeof *terms; n++) {
        const struct exact_wide sum = wide_sum(terms, n);
        union value value;
        const bool fits = exact_value(EXACT_WIDE, &sum, &value);
        assert_int_equal(fits, n != 2);
        const int128 expected[] = {0, INT128_MAX, 0, INT128_MAX - 1, INT128_MAX - 2, -3, 0, -2, -3};
        if (n != 2) {
            assert_true(value.integer == expected[n]);
        }
    }
}

static bool wide_fits(const int128 *terms, size_t n)
{
    const struct exact_wide sum = wide_sum(terms, n);
    union value value;
    return exact_value(EXACT_WIDE, &sum, &value);
}

static void a_wide_sum_beyond_128_bits_does_not_fit(void **state)
{
    (void)state;
    assert_false(wide_fits((const int128[]){INT128_MAX, 1}, 2));
    assert_false(wide_fits((const int128[]){INT128_MIN, -1}, 2));
    assert_true(wide_fits((const int128[]){INT128_MIN, 1, -1}, 3));
}

static bool equal(enum exact_kind kind, const void *a, const void *b)
{
    const struct layout layout = layout_of(&kind, 1);
    struct check_sums x, y;
    memcpy(&x, a, layout.size);
    memcpy(&y, b, layout.size);
    return sums_equal(&layout, (struct sums *)&x, (struct sums *)&y);
}

static void wide_sums_are_equal_by_value(void **state)
{
    (void)state;
    const struct exact_wide one = wide_sum((const int128[]){1, -1, -1}, 3);
    const struct exact_wide other = wide_sum((const int128[]){-1}, 1);
    assert_true(one.low != other.low);
    assert_true(equal(EXACT_WIDE, &one, &other));
    const struct exact_wide more = wide_sum((const int128[]){(int128)1 << 64}, 1);
    const struct exact_wide none = {0};
    assert_false(equal(EXACT_WIDE, &more, &none));
}

static void real_sums_merge_and_compare_by_value(void **state)
{
    (void)state;
    struct superacc a = {{0}, 0}, b = a, whole = a;
    const double x[] = {1e300, 1, -1e300, 0x1p-1074, -1, 3};
    for (size_t j = 0; j < 6; j++) {
        superacc_add(j % 2 == 0 ? &a : &b, x[j]);
        superacc_add(&whole, x[5 - j]);
    }
    assert_false(equal(EXACT_REAL, &a, &whole));
    exact_merge(EXACT_REAL, &a, &b);
    assert_true(equal(EXACT_REAL, &a, &whole));
    union value value;
    assert_true(exact_value(EXACT_REAL, &a, &value));
    assert_int_equal(doubles_bits(value.real), doubles_bits(3.0));
    superacc_add(&a, 0x1p-1074);
    assert_false(equal(EXACT_REAL, &a, &whole)); /* though both round to 3 */
}

static void a_real_sum_that_rounds_to_infinity_does_not_fit(void **state)
{
    (void)state;
    struct superacc sum = {{0}, 0};
    superacc_add(&sum, DBL_MAX);
    superacc_add(&sum, 0x1p970);
    union value value;
    assert_false(exact_value(EXACT_REAL, &sum, &value));
    superacc_add(&sum, -1);
    assert_true(exact_value(EXACT_REAL, &sum, &value));
    assert_int_equal(doubles_bits(value.real), doubles_bits(DBL_MAX));
}

/* Whatever is not written by exact_save is refused: another sign, zeros in front, what follows. */
static void text_that_is_no_saved_sum_is_refused(void **state)
{
    (void)state;
    static const char *const integers[] = {"",
                                           "-",
                                           "-0",
                                           "+1",
                                           "01",
                                           "1 ",
                                           " 1",
                                           "1.0",
                                           "0x1",
                                           "1:0",
                                           "170141183460469231731687303715884105728",
                                           "340282366920938463463374607431768211457"};
    static const char *const wides[] = {
        "", "1", ":", "1:", ":1", "1:-1", "1:18446744073709551616", "1:2:3", "01:2", "1:2 "};
    static const char *const reals[] = {"", "1", "1@", "@1", "1@99", "10@0 ", "-0", "1@-1", "g@1"};
    static const char *const values[] = {"", "1", "nan", "inf", "0x1p+0 ", "0x1.0p+0", "0x1p+1024"};
    struct check_sums memory;
    void *const sum = check_empty(&memory);
    union value value;
    for (size_t k = 0; k < sizeof integers / sizeof *integers; k++) {
        assert_false(exact_load(EXACT_INTEGER, integers[k], sum));
        assert_false(exact_load_value(EXACT_INTEGER, integers[k], &value));
    }
    for (size_t k = 0; k < sizeof wides / sizeof *wides; k++)
        assert_false(exact_load(EXACT_WIDE, wides[k], sum));
    for (size_t k = 0; k < sizeof reals / sizeof *reals; k++)
        assert_false(exact_load(EXACT_REAL, reals[k], sum));
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        assert_false(exact_load_value(EXACT_REAL, values[k], &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_are_an_empty_sum),
        cmocka_unit_test(integers_print_whole),
        cmocka_unit_test(reals_print_in_the_shortest_form),
        cmocka_unit_test(reals_read_back_and_no_shorter_form_does),
        cmocka_unit_test(integer_sums_merge_in_128_bits),
        cmocka_unit_test(wide_terms_may_overflow_on_the_way),
        cmocka_unit_test(a_wide_sum_beyond_128_bits_does_not_fit),
        cmocka_unit_test(wide_sums_are_equal_by_value),
        cmocka_unit_test(real_sums_merge_and_compare_by_value),
        cmocka_unit_test(a_real_sum_that_rounds_to_infinity_does_not_fit),
        cmocka_unit_test(text_that_is_no_saved_sum_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
