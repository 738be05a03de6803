/* The least and the greatest, and where they are. */
#include "check.h"
#include "exact/extreme.h"
#include "exact/fold.h"

#include <math.h>

static void the_first_of_equals_counts_in_any_order(void **state)
{
    (void)state;
    static const double zeros[] = {0.0, -0.0, 0.0};
    struct extreme least = {.run = 0}, greatest = {.run = 0};
    const struct fold_parts parts = {.least = &least, .greatest = &greatest, .places = true};
    fold(FOLD_REAL, zeros, 3, (struct fold_place){2, 10}, &parts, NULL);
    assert_true(least.run == 2 && least.i == 10 && !signbit(least.value.real));
    fold(FOLD_REAL, zeros + 1, 2, (struct fold_place){1, 90}, &parts, NULL);
    assert_true(least.run == 1 && least.i == 90 && signbit(least.value.real));
    assert_true(greatest.run == 1 && greatest.i == 90 && signbit(greatest.value.real));
    fold(FOLD_REAL, zeros, 3, (struct fold_place){1, 91}, &parts, NULL);
    assert_true(least.i == 90 && greatest.i == 90);
}

static void an_extreme_reads_back_from_its_text(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "1",
        "1:2",
        "0:2:00000000000000000000000000000003",
        "-:1",
        "1:2:3",
        "1:02:00000000000000000000000000000003",
        "1:2:00000000000000000000000000000003 ",
        "1:2:00000000000000007ff0000000000000",
        "1:2:00000000000000013ff0000000000000",
    };
    char text[EXTREME_TEXT];
    struct extreme again, it = {.value.integer = -5, .i = INT64_MIN, .run = INT64_MAX};
    const char *const end = extreme_print(0, &it, text);
    assert_string_equal(text, "9223372036854775807:-9223372036854775808:"
                              "fffffffffffffffffffffffffffffffb");
    assert_int_equal(end - text, strlen(text));
    assert_true(extreme_parse(0, text, &again));
    assert_memory_equal(&again, &it, sizeof it);
    assert_true(extreme_parse(EXTREME_REAL, "-", &again) && again.run == 0);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_false(extreme_parse(EXTREME_REAL, wrong[k], &again));
    assert_false(extreme_parse(EXTREME_REAL, "1:2:00000000000000007ff8000000000000", &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_equals_counts_in_any_order),
        cmocka_unit_test(an_extreme_reads_back_from_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
