#include "check.h"
#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>

static void accepts(const char *text, int64_t expected)
{
    int64_t value = ~expected;
    if (number_parse(text, strlen(text), &value) != NUMBER_OK || value != expected)
        fail_msg("'%s' was not read as %lld", text, (long long)expected);
}

static void refuses(const char *text, size_t length, enum number_error expected)
{
    int64_t value = 42;
    const enum number_error error = number_parse(text, length, &value);
    if (error != expected || value != 42)
        fail_msg("'%s' gave %d in place of %d, value %lld", text, error, expected,
                 (long long)value);
}

static void good_numbers_are_read_whole(void **state)
{
    (void)state;
    accepts("0", 0);
    accepts("-0", 0);
    accepts("+7", 7);
    accepts("007", 7);
    accepts("123456789012345678", 123456789012345678);
    accepts("1234567890123456789", 1234567890123456789);
    accepts("9223372036854775807", INT64_MAX);
    accepts("-9223372036854775808", INT64_MIN);
    accepts("00000000000000000000000000000000009223372036854775807", INT64_MAX);
    accepts("1_000_000", 1000000);
    accepts("-1_2", -12);
    accepts("1e8", 100000000);
    accepts("1E8", 100000000);
    accepts("1e+8", 100000000);
    accepts("-2e3", -2000);
    accepts("1e0", 1);
    accepts("1.5e3", 1500);
    accepts("1.50e1", 15);
    accepts("2.000", 2);
    accepts("1200e-2", 12);
    accepts("0e999999999999999999999", 0);
    accepts("0e-5", 0);
    accepts("9e18", 9000000000000000000);
    accepts("9.223372036854775807e18", INT64_MAX);
    accepts("-9.223372036854775808e18", INT64_MIN);
    accepts("25000000.0000000000000", 25000000);
    accepts("2.500000000000000000000e+07", 25000000);
    accepts("0.00000000000000000000000000025e29", 25);
    accepts("000000000000000000000000000000.000e-99", 0);
    accepts("0.000e99", 0);
    accepts("-9_223_372_036_854_775_808.000_000_000_000_000", INT64_MIN);
    accepts("9223372036854775807000000000000000000000000000e-27", INT64_MAX);
}

static void zeros_never_make_a_number_too_large(void **state)
{
    (void)state;
    enum { ZEROS = 100000 };
    char *const text = malloc(ZEROS + 64);
    assert_non_null(text);
    memset(text, '0', ZEROS);
    memcpy(text, "-17", 3);
    strcpy(text + ZEROS, "e-99997"); /* behind 17 there are so many zeros */
    accepts(text, -17);
    strcpy(text + ZEROS, "e-99996");
    accepts(text, -170);
    strcpy(text + ZEROS, "e-99998");
    refuses(text, strlen(text), NUMBER_SYNTAX);
    memcpy(text, "-0.", 3);
    strcpy(text + ZEROS, "17e100001"); /* 99999 digits of a fraction */
    accepts(text, -1700);
    strcpy(text + ZEROS, "17e99999");
    accepts(text, -17);
    free(text);
}

static void bad_numbers_are_refused_and_leave_the_value_alone(void **state)
{
    (void)state;
    static const char *const no_integers[] = {
        "",      "-",     "+",     " ",        "1 ",   " 1",   "abc",   "1a",     "0x10",
        "1e",    "1e+",   "1.5",   "1.",       ".5",   "1_",   "_1",    "1__0",   "1_e3",
        "--1",   "+-1",   "1e-1",  "15e-2",    "e5",   "1e5x", "1,000", "inf",    "nan",
        "1.5e0", "1e1.5", "1.2.3", "\xc3\xa9", "1e 5", "1-",   "1._5",  "1.5_e1",
    };
    for (size_t k = 0; k < sizeof no_integers / sizeof *no_integers; k++)
        refuses(no_integers[k], strlen(no_integers[k]), NUMBER_SYNTAX);
    refuses("1\0002", 3, NUMBER_SYNTAX);
}

static void numbers_beyond_64_bits_are_out_of_range(void **state)
{
    (void)state;
    static const char *const too_large[] = {
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1e19",
        "-1e19",
        "1e400",
        "1e99999999999999999999",
        "340282366920938463463374607431768211456",
        "99999999999999999999999999999999999999999999999999",
    };
    for (size_t k = 0; k < sizeof too_large / sizeof *too_large; k++)
        refuses(too_large[k], strlen(too_large[k]), NUMBER_RANGE);
}

static void integers_print_as_printf_does(void **state)
{
    (void)state;
    uint64_t random = 1, ten = 1;
    char text[20], expected[24];
    for (int k = 0; k < 200000; k++) {
        int64_t number = (int64_t)(check_random(&random) >> check_random(&random) % 64);
        if (k < 120) { /* next to the powers of ten */
            number = (int64_t)(ten + (uint64_t)(k % 3) - 1) * (k % 6 < 3 ? 1 : -1);
            ten *= k % 6 == 5 ? 10 : 1;
        }
        if (k == 120)
            number = INT64_MIN;
        snprintf(expected, sizeof expected, "%lld", (long long)number);
        assert_int_equal(number_print(number, text) - text, strlen(expected));
        assert_memory_equal(text, expected, strlen(expected));
    }
}

static void durations_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds;
    } good[] = {
        {"90", 90},
        {"90s", 90},
        {"15m", 900},
        {"2h", 7200},
        {"1d", 86400},
        {"0.5", 0.5},
        {".5", 0.5},
        {".5h", 1800},
        {"1.5h", 5400},
        {"1:30:00", 5400},
        {"1:30", 90},
        {"0:00:01", 1},
        {"90:00", 5400},
        {"100:00:00", 360000},
        {"0.000000001s", 1e-9},
        {"0", 0},
        {"1_000", 1000},
        {"36500d", 36500.0 * 86400},
        {"90.00000000000000000000000000000000000000000", 90},
        {"0.3333333333333333333333333333333333333333333333h", 1200},
        {"000000000000000000000000000000000000000001:30", 90},
        {"1-00:00:00", 86400},
        {"0-00:30", 1800},
        {"2-12", 2.5 * 86400},
        {"1-2", 26 * 3600},
        {"10-01:02:03", 864000 + 3723},
    };
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        uint64_t ns = 7;
        assert_int_equal(number_parse_duration(good[k].text, strlen(good[k].text), &ns), NUMBER_OK);
        assert_true(ns == (uint64_t)(good[k].seconds * 1e9 + 0.5));
    }
    static const char *const bad[] = {
        "",     "s",     "m15",          "-1",     "+1",    "1 h",    "1h30m",  "1:2",
        "1:60", ":30",   "1:30:",        "1:30:0", "1:030", "1::30",  "1.5:00", "1e3",
        "abc",  "1.",    "1-",           "-1:00",  "1-2-3", "1-1:60", "1-1:2",  "1--1",
        "1-+1", "-",     "1-1:00:00:00", ".",      "._5",   ".s",     "1_.5",   ".5:00",
        "90S",  "1:30s", "1:1:1:1",      "0x10",   "inf",   "1,5",
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        uint64_t ns = 7;
        assert_int_equal(number_parse_duration(bad[k], strlen(bad[k]), &ns), NUMBER_SYNTAX);
        assert_int_equal(ns, 7);
    }
    static const char *const long_ones[] = {"36601d",
                                            "99999999999999999999999999999999999999999",
                                            "18446744073709551617:00:00",
                                            "900000:00:00",
                                            "36601-00",
                                            "99999999999999999999-00"};
    for (size_t k = 0; k < sizeof long_ones / sizeof *long_ones; k++) {
        uint64_t ns = 7;
        assert_int_equal(number_parse_duration(long_ones[k], strlen(long_ones[k]), &ns),
                         NUMBER_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_numbers_are_read_whole),
        cmocka_unit_test(zeros_never_make_a_number_too_large),
        cmocka_unit_test(bad_numbers_are_refused_and_leave_the_value_alone),
        cmocka_unit_test(numbers_beyond_64_bits_are_out_of_range),
        cmocka_unit_test(integers_print_as_printf_does),
        cmocka_unit_test(durations_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
