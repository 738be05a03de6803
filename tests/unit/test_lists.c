#include "exact/lists.h"

#include "doubles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static double x[LISTS_MOST + LISTS_ROOM];
static uint64_t begin[LISTS_MOST + 1];

/* Cuts some doubles into lists of random lengths, empty ones too; the places do not begin with 0.
 */
static size_t cut(uint64_t *random, size_t n)
{
    static const uint64_t lengths[] = {2, 5, 20, 70, LISTS_MOST};
    const uint64_t most = lengths[doubles_random(random) % 5];
    size_t count = 0;
    begin[0] = doubles_random(random) % 1000;
    for (size_t done = 0; count < LISTS_MOST && done < n; count++) {
        const size_t length = doubles_random(random) % (most + 1);
        const size_t now = length < n - done ? length : n - done;
        done += now;
        begin[count + 1] = begin[count] + now;
    }
    return count;
}

/* One list after the other: the slow, obvious twin. */
static void add_slowly(size_t count, double *sums, struct superacc *total)
{
    for (size_t j = 0; j < count; j++) {
        struct superacc own = {0};
        superacc_add_array(&own, x + (begin[j] - begin[0]), begin[j + 1] - begin[j]);
        sums[j] = superacc_round(&own);
        superacc_merge(total, &own);
    }
}

static void compare(struct lists *lists, size_t count)
{
    static double sums[LISTS_MOST], expected[LISTS_MOST];
    struct superacc total = {0}, own = {0};
    assert_true(lists_add(lists, x, begin, count, sums, &total));
    add_slowly(count, expected, &own);
    for (size_t j = 0; j < count; j++)
        assert_int_equal(doubles_bits(sums[j]), doubles_bits(expected[j]));
    superacc_normalize(&total);
    superacc_normalize(&own);
    assert_memory_equal(&total, &own, sizeof total);
}

/* Runs a test for all lanes that this CPU has. */
static void with_all_lanes(void test(struct lists *lists))
{
    size_t count;
    const struct lanes *const all = lanes_list(&count);
    for (size_t k = 0; k < count; k++)
        test(&(struct lists){.lanes = &all[k]});
}

static void specials(struct lists *lists)
{
    static double sums[LISTS_MOST];
    static const double bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    uint64_t random = 7;
    for (int round = 0; round < 200; round++) {
        const size_t n = 1 + doubles_random(&random) % LISTS_MOST;
        doubles_fill((enum doubles_kind)(round % DOUBLES_KINDS), &random, x, n);
        x[doubles_random(&random) % n] = bad[round % 4];
        struct superacc total = {0}, before = {0};
        superacc_add(&total, 5);
        superacc_add(&before, 5);
        begin[0] = 0, begin[1] = n;
        assert_false(lists_add(lists, x, begin, 1, sums, &total));
        assert_memory_equal(&total, &before, sizeof total);
    }
}

static void hard_data(struct lists *lists)
{
    uint64_t random = 1;
    for (int round = 0; round < 3000; round++) {
        const size_t n = doubles_random(&random) % (LISTS_MOST + 1);
        doubles_fill((enum doubles_kind)(round / 3 % DOUBLES_KINDS), &random, x, n);
        compare(lists, cut(&random, n));
    }
}

static void data_of_every_kind_have_the_bits_of_a_superaccumulator(void **state)
{
    (void)state;
    with_all_lanes(hard_data);
}

static void what_is_infinite_or_nan_is_refused(void **state)
{
    (void)state;
    with_all_lanes(specials);
}

/* Spreads of exponents that fit a window, or just do not, at any place. */
static void spread_data(struct lists *lists)
{
    uint64_t random = 2;
    for (int round = 0; round < 3000; round++) {
        const size_t n = doubles_random(&random) % (LISTS_MOST + 1);
        const uint64_t spread = doubles_random(&random) % 50;
        const uint64_t low = round % 2 ? 1000 : doubles_random(&random) % (2046 - spread);
        for (size_t j = 0; j < n; j++)
            x[j] = doubles_between(&random, low, low + spread);
        lists->to_skip = 0;
        compare(lists, cut(&random, n));
        if (spread < 30 && low + spread < 2000)
            assert_true(lists->found);
    }
}

static void windows_of_any_place_and_width_are_right(void **state)
{
    (void)state;
    with_all_lanes(spread_data);
}

/* A call in whose window what the next one adds only just fits, or does not. */
static void set_window(struct lists *lists, int exponent)
{
    begin[0] = 0, begin[1] = 1;
    x[0] = ldexp(1, exponent);
    lists->found = false;
    lists->to_skip = 0;
    compare(lists, 1);
}

/* Terms that grow by the factor 2^growth. */
static void growing_sums(struct lists *lists)
{
    uint64_t random = 5;
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + doubles_random(&random) % 16;
        const double scale = ldexp(1, round % 12);
        set_window(lists, 0);
        assert_true(lists->found);
        begin[1] = n;
        for (size_t j = 0; j < n; j++)
            x[j] = scale - scale * 0x1p-53 * (double)(doubles_random(&random) >> 44);
        compare(lists, 1);
    }
}

/* 511 terms that each leave almost half a unit to the second level, and a crumb: 2^9 of these make
   a count that is just a double, and a tie but for its last bit. */
static void full_second_level(struct lists *lists)
{
    for (int odd = 0; odd < 2; odd++) {
        for (size_t j = 0; j < LISTS_MOST; j++)
            x[j] = 1 + 0x1p-43 - 0x1p-52;
        x[LISTS_MOST / 2] = 0x1p-36 + odd * 0x1p-44 + 0x1p-45 - 0x1p-52 + 0x1p-86;
        begin[0] = 0, begin[1] = LISTS_MOST;
        compare(lists, 1);
        assert_true(lists->found);
    }
}

/* Each list is finite, and all together are beyond the largest double. */
static void huge_sums(struct lists *lists)
{
    for (int exponent = 990; exponent < 1023; exponent++) {
        set_window(lists, exponent - 6);
        lists->to_skip = 0;
        for (size_t j = 0; j < 300; j++)
            x[j] = ldexp(1.9, exponent + 1), begin[j + 1] = j + 1;
        compare(lists, 300);
    }
}

static void sums_that_fill_a_window_are_right(void **state)
{
    (void)state;
    with_all_lanes(growing_sums);
    with_all_lanes(full_second_level);
    with_all_lanes(huge_sums);
}

/* What lies behind the last list is no part of it. */
static void neighbours(struct lists *lists)
{
    uint64_t random = 3;
    const double beyond[] = {1e300, INFINITY, NAN};
    for (size_t n = 0; n < 40; n++) {
        doubles_fill(DOUBLES_NEAR_ONE, &random, x, n);
        for (size_t k = 0; k < LISTS_ROOM; k++)
            x[n + k] = beyond[k % 3];
        begin[0] = 7, begin[1] = 7 + n;
        compare(lists, 1);
    }
}

static void what_lies_behind_a_list_is_no_part_of_it(void **state)
{
    (void)state;
    with_all_lanes(neighbours);
}

/* Ordinary data go through the lanes again once wild ones are over. */
static void changing_data(struct lists *lists)
{
    uint64_t random = 4;
    for (int phase = 0; phase < 6; phase++) {
        for (int round = 0; round < 50; round++) {
            doubles_fill(phase % 2 ? DOUBLES_ANY : DOUBLES_NEAR_ONE, &random, x, LISTS_MOST);
            compare(lists, cut(&random, LISTS_MOST));
        }
        assert_int_equal(lists->found, phase % 2 == 0);
    }
}

static void ordinary_data_find_a_window_after_wild_ones(void **state)
{
    (void)state;
    with_all_lanes(changing_data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_of_every_kind_have_the_bits_of_a_superaccumulator),
        cmocka_unit_test(what_is_infinite_or_nan_is_refused),
        cmocka_unit_test(windows_of_any_place_and_width_are_right),
        cmocka_unit_test(sums_that_fill_a_window_are_right),
        cmocka_unit_test(what_lies_behind_a_list_is_no_part_of_it),
        cmocka_unit_test(ordinary_data_find_a_window_after_wild_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
