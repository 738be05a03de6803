#include "check.h"
#include "number.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_numbers_are_read_whole),
        cmocka_unit_test(bad_numbers_are_refused_and_leave_the_value_alone),
        cmocka_unit_test(numbers_beyond_64_bits_are_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
