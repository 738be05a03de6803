#include "check.h"
#include "term/kernel.h"

/* The obvious sum. */
static int128 add_up(int64_t start, int64_t end)
{
    int128 sum = 0;
    for (int128 i = start; i < end; i++)
        sum += i;
    return sum;
}

static void every_kernel_gives(int64_t start, int64_t end, int128 expected)
{
    size_t count;
    const struct kernel *const kernels = kernel_list(&count);
    const struct job jobs[] = {{start, end, NULL}, {5, 3, NULL}, {start, end, NULL}};
    for (size_t k = 0; k < count; k++) {
        union value values[] = {{.integer = 7}, {.integer = 7}, {.integer = 7}};
        assert_int128_equal(kernels[k].sum(start, end), expected);
        assert_int128_equal(kernels[k].sum_each(jobs, 3, values), 2 * expected);
        assert_int128_equal(values[0].integer, expected);
        assert_int128_equal(values[1].integer, 0); /* runs backwards, so it is empty */
        assert_int128_equal(values[2].integer, expected);
    }
}

static void kernels_agree_with_the_obvious_loop_at_every_length_and_alignment(void **state)
{
    (void)state;
    for (int64_t start = -70; start <= 70; start++)
        for (int64_t length = 0; length <= 300; length++)
            every_kernel_gives(start, start + length, add_up(start, start + length));
}

static void kernels_are_right_at_both_ends_of_the_64_bit_range(void **state)
{
    (void)state;
    for (int64_t length = 0; length <= 600; length += 7) {
        every_kernel_gives(INT64_MIN, INT64_MIN + length, add_up(INT64_MIN, INT64_MIN + length));
        every_kernel_gives(INT64_MAX - length, INT64_MAX, add_up(INT64_MAX - length, INT64_MAX));
    }
}

static void random_ranges_give_what_arithmetic_says(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int k = 0; k < 3000; k++) {
        const int64_t start = (int64_t)check_random(&random) >> (check_random(&random) % 64);
        const int64_t length = (int64_t)(check_random(&random) % 5000);
        const int64_t end = start > INT64_MAX - length ? INT64_MAX : start + length;
        const int128 sum = add_up(start, end);
        assert_int128_equal(kernel_expected(start, end), sum);
        every_kernel_gives(start, end, sum);
    }
}

/* The first kernel alone, since this takes a while; 2^32 terms is where a block ends. */
static void a_range_longer_than_a_block_is_right(void **state)
{
    (void)state;
    size_t count;
    const struct kernel *const kernel = kernel_list(&count);
    const int64_t starts[] = {-5, INT64_MAX - ((int64_t)1 << 32) - 100};
    for (size_t k = 0; k < 2; k++) {
        const int64_t end = starts[k] + ((int64_t)1 << 32) + 99;
        assert_int128_equal(kernel->sum(starts[k], end), kernel_expected(starts[k], end));
    }
}

static void arithmetic_covers_the_whole_range(void **state)
{
    (void)state;
    /* All 64-bit integers but the last: each but the least two has its opposite. */
    assert_int128_equal(kernel_expected(INT64_MIN, INT64_MAX),
                        (int128)INT64_MIN - (INT64_MAX - (int128)0));
    assert_int128_equal(kernel_expected(0, INT64_MAX),
                        (int128)INT64_MAX * (INT64_MAX - (int128)1) / 2);
    assert_int128_equal(kernel_expected(5, 5), 0);
    assert_int128_equal(kernel_expected(6, 5), 0);
    assert_int128_equal(kernel_expected(INT64_MAX, INT64_MIN), 0);
}

static void the_last_kernel_is_the_plain_loop(void **state)
{
    (void)state;
    size_t count;
    const struct kernel *const kernels = kernel_list(&count);
    assert_true(count >= 1);
    assert_string_equal(kernels[count - 1].name, "plain");
    assert_ptr_equal(kernel_built_in().context, kernels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree_with_the_obvious_loop_at_every_length_and_alignment),
        cmocka_unit_test(kernels_are_right_at_both_ends_of_the_64_bit_range),
        cmocka_unit_test(random_ranges_give_what_arithmetic_says),
        cmocka_unit_test(a_range_longer_than_a_block_is_right),
        cmocka_unit_test(arithmetic_covers_the_whole_range),
        cmocka_unit_test(the_last_kernel_is_the_plain_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
