#include "check.h"
#include "run/verify.h"
#include "said.h"

static const int128 wide = (int128)INT64_MAX * 1000;

static void sums_that_arithmetic_confirms_add_up_in_silence(void **state)
{
    (void)state;
    int128 total = wide;
    said_begin();
    const struct job jobs[] = {{0, 10, NULL}, {-3, 3, NULL}};
    const union value sums[] = {{.integer = 45}, {.integer = -3}};
    size_t count = 2;
    const enum status each = verify_jobs(1, jobs, sums, &count, &total);
    const enum status whole = verify_total(wide + 42, total);
    assert_string_equal(said(), "");
    assert_int_equal(each, STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(whole, STATUS_OK);
    assert_int128_equal(total, wide + 42);
}

static void a_wrong_sum_is_told_with_the_right_one(void **state)
{
    (void)state;
    int128 total = 0;
    said_begin();
    const struct job jobs[] = {{0, 2, NULL}, {0, 10, NULL}, {0, 3, NULL}};
    const union value sums[] = {{.integer = 1}, {.integer = 46}, {.integer = 3}};
    size_t count = 3;
    const enum status status = verify_jobs(6, jobs, sums, &count, &total);
    assert_int_equal(count, 1); /* those before it */
    assert_int_equal(status, STATUS_UNVERIFIED);
    assert_contains(said(),
                    "parsum: job 7 [0, 10): the sum came out as 46, but by arithmetic it is "
                    "45; this machine or this build computes wrong");
    assert_int128_equal(total, 1 + 45); /* what it must be */
}

static void a_wrong_total_is_told_in_128_bits(void **state)
{
    (void)state;
    said_begin();
    const enum status status = verify_total(wide, wide + 1);
    assert_int_equal(status, STATUS_UNVERIFIED);
    assert_contains(said(), "the total came out as 9223372036854775807000, but by arithmetic it is "
                            "9223372036854775807001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_that_arithmetic_confirms_add_up_in_silence),
        cmocka_unit_test(a_wrong_sum_is_told_with_the_right_one),
        cmocka_unit_test(a_wrong_total_is_told_in_128_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
