#include "exact/superacc.h"

#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The term under test: a table, or one of a few formulas that the compiler can vectorise. */
enum which { TABLE, INVERSE_SQUARE, ALTERNATING, FLOAT_ROOT, HALF, SINE };

enum { TABLE_MAX = 400000 };

static enum which which;
static double table[TABLE_MAX];
static unsigned char calls[TABLE_MAX];
static int64_t table_start;

static double from_table(int64_t i)
{
    const uint64_t at = (uint64_t)i - (uint64_t)table_start;
    assert_true(at < TABLE_MAX);
    calls[at]++;
    return table[at];
}

#define TERM_REAL_JOB int

static inline double term(int64_t i, int job)
{
    (void)job;
    switch (which) {
    case INVERSE_SQUARE:
        return 1.0 / ((double)i * (double)i);
    case ALTERNATING:
        return i % 2 == 0 ? 1.0 / (double)i : -1.0 / (double)i;
    case FLOAT_ROOT:
        return sqrtf((float)i);
    case HALF:
        return (double)i * 0.5;
    case SINE:
        return sin((double)i);
    default:
        return from_table(i);
    }
}

#include "term/inside/term_real.h"

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

/* How many terms the last sum handed to the accumulator, one by one or as what the lanes held. */
static size_t handed;
static size_t calls_of_add;

static void add(void *sum, const double *x, size_t n)
{
    superacc_add_array(sum, x, n);
}

static void add_and_count(void *sum, const double *x, size_t n)
{
    handed += n;
    calls_of_add++;
    add(sum, x, n);
}

static void assert_sums(int64_t start, int64_t end)
{
    struct superacc fast;
    struct superacc slow;
    superacc_clear(&fast);
    superacc_clear(&slow);
    struct term_real_fault fault;
    handed = calls_of_add = 0;
    assert_true(term_real_sum(start, end, 0, &fast, add_and_count, &fault));
    if (end > start && (uint64_t)end - (uint64_t)start <= TERM_REAL_BLOCK)
        assert_int_equal(calls_of_add, 1);
    for (int64_t i = start; i < end; i++) {
        superacc_add(&slow, term(i, 0));
    }
    superacc_normalize(&fast);
    superacc_normalize(&slow);
    assert_memory_equal(&fast, &slow, sizeof fast);
}

static void assert_table_sums(size_t n)
{
    which = TABLE;
    assert_sums(table_start, table_start + (int64_t)n);
}

static bool were_lanes_used(size_t n)
{
    return handed < n / 2 + 4 * TERM_REAL_LANES;
}

/* A double of either sign with `bits` random bits below its leading one. */
static double random_double(uint64_t *random, int exponent, int bits)
{
    const uint64_t mantissa = UINT64_C(1) << 52 | doubles_random(random) >> 12;
    const double x = ldexp((double)(mantissa >> (52 - bits)), exponent - bits);
    return doubles_random(random) % 2 == 0 ? x : -x;
}

static void formulas_sum_exactly_at_every_small_length(void **state)
{
    (void)state;
    for (which = INVERSE_SQUARE; which <= SINE; which++) {
        for (int64_t n = 0; n <= 1100; n++) {
            assert_sums(1, 1 + n);
        }
        for (int64_t start = 1; start < 100; start++) {
            assert_sums(start, start + 20 * start);
        }
    }
}

static void long_formulas_sum_exactly_in_the_lanes(void **state)
{
    (void)state;
    for (which = INVERSE_SQUARE; which <= SINE; which++) {
        assert_sums(1, 300001);
        assert_true(were_lanes_used(300000));
        assert_sums(123456789012, 123456789012 + 200000);
        assert_true(were_lanes_used(200000));
    }
}

static void hard_data_of_every_kind_sums_exactly(void **state)
{
    (void)state;
    uint64_t random = 21;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        for (int round = 0; round < 40; round++) {
            const size_t n = doubles_random(&random) % 6000;
            doubles_fill((enum doubles_kind)kind, &random, table, n);
            assert_table_sums(n);
        }
    }
}

/* From magnitudes that fit the lanes to those that do not, around the limit of 24 binades. */
static void every_width_of_magnitudes_sums_exactly(void **state)
{
    (void)state;
    uint64_t random = 22;
    for (int width = 0; width <= 90; width++) {
        for (int bits = 0; bits <= 52; bits += 13) {
            const int top = (int)(doubles_random(&random) % 1900) - 900;
            const size_t n = 2048;
            for (size_t j = 0; j < n; j++) {
                const int below = (int)(doubles_random(&random) % (uint64_t)(width + 1));
                table[j] = random_double(&random, top - below, bits);
            }
            assert_table_sums(n);
            if (width <= 20 && top > -900 && top < 1000) {
                assert_true(were_lanes_used(n));
            }
        }
    }
}

static void steps_up_and_down_sum_exactly_wherever_they_are(void **state)
{
    (void)state;
    uint64_t random = 23;
    for (int round = 0; round < 200; round++) {
        const size_t n = 5000;
        int exponent = (int)(doubles_random(&random) % 1800) - 900;
        for (size_t j = 0; j < n; j++) {
            if (doubles_random(&random) % 700 == 0) {
                exponent += (int)(doubles_random(&random) % 61) - 30;
            }
            table[j] = random_double(&random, exponent, 52);
        }
        assert_table_sums(n);
    }
}

static void slow_growth_and_decay_sum_exactly(void **state)
{
    (void)state;
    for (int k = -8; k <= 8; k++) {
        double x = 1 + 0x1p-52;
        for (size_t j = 0; j < 100000; j++) {
            table[j] = x;
            x *= 1 + k * 0x1p-11;
        }
        assert_table_sums(100000);
    }
}

/* All the bits that rounding can lose, always with one sign, for longer than the lanes may run. */
static void the_longest_run_of_the_largest_losses_stays_exact(void **state)
{
    (void)state;
    const double largest = 0x1.fffffffffffffp0;
    const size_t n = 70000;
    for (int bits = 20; bits <= 52; bits += 8) {
        for (int shift = 0; shift <= 42; shift++) {
            /* one large term sets k; the others are just below half a unit of it where shift is
               TERM_REAL_HEADROOM less than 54, and the lanes hold them if they have few bits */
            const double x = ldexp(2 - ldexp(1, -bits), -shift);
            for (size_t j = 0; j < n; j++) {
                table[j] = shift % 2 == 0 ? x : -x;
            }
            table[0] = largest;
            assert_table_sums(n);
            if (bits == 20) {
                assert_true(were_lanes_used(n));
            }
        }
    }
}

/* A term takes a lane from about 1.5 * 2^k to about -1.5 * 2^k; some other may take it back. */
static void a_lane_thrown_to_its_mirror_image_is_noticed(void **state)
{
    (void)state;
    uint64_t random = 28;
    for (int round = 0; round < 3000; round++) {
        const size_t n = 2 * TERM_REAL_BLOCK;
        for (size_t j = 0; j < n; j++) {
            table[j] = random_double(&random, 0, 52);
        }
        const size_t at = TERM_REAL_BLOCK + doubles_random(&random) % (TERM_REAL_BLOCK / 2);
        const double far = fabs(random_double(&random, TERM_REAL_HEADROOM + 1, 52));
        table[at] = round % 2 == 0 ? -far : far;
        if (round % 4 < 2) {
            table[at + TERM_REAL_PAIR] = -table[at];
        }
        assert_table_sums(n);
    }
}

static void zeros_of_either_sign_do_no_harm(void **state)
{
    (void)state;
    for (size_t j = 0; j < 3000; j++) {
        table[j] = j % 3 == 0 ? -0.0 : 0.0;
    }
    assert_table_sums(3000);
    assert_true(were_lanes_used(3000));
    for (size_t j = 0; j < 3000; j += 7) {
        table[j] = -0x1.123456789abcdp3;
    }
    assert_table_sums(3000);
    assert_true(were_lanes_used(3000));
}

static void subnormals_and_the_largest_doubles_sum_exactly(void **state)
{
    (void)state;
    uint64_t random = 24;
    for (int round = 0; round < 100; round++) {
        const size_t n = 1 + doubles_random(&random) % 4000;
        const uint64_t low[] = {0, 0, 0, 30, 40, 1000, 2020, 2040, 2046};
        const uint64_t high[] = {0, 1, 41, 60, 50, 1003, 2046, 2046, 2046};
        for (size_t j = 0; j < n; j++) {
            table[j] = doubles_between(&random, low[round % 9], high[round % 9]);
            if (round % 2 == 0) {
                table[j] = fabs(table[j]);
            }
        }
        assert_table_sums(n);
    }
}

static void each_term_is_evaluated_once(void **state)
{
    (void)state;
    uint64_t random = 25;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        const size_t n = 1 + doubles_random(&random) % 5000;
        doubles_fill((enum doubles_kind)kind, &random, table, n);
        memset(calls, 0, sizeof calls);
        which = TABLE;
        struct superacc sum;
        superacc_clear(&sum);
        struct term_real_fault fault;
        assert_true(term_real_sum(0, (int64_t)n, 0, &sum, add, &fault));
        for (size_t j = 0; j < TABLE_MAX; j++) {
            assert_int_equal(calls[j], j < n);
        }
    }
}

static void the_first_term_that_is_not_finite_is_named(void **state)
{
    (void)state;
    const double bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    uint64_t random = 26;
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + doubles_random(&random) % 3000;
        const size_t first = doubles_random(&random) % n;
        doubles_fill(round % 2 == 0 ? DOUBLES_NEAR_ONE : DOUBLES_ANY, &random, table, n);
        for (size_t j = first + 1; j < n; j += 1 + doubles_random(&random) % 300) {
            table[j] = bad[doubles_random(&random) % 4];
        }
        table[first] = bad[round % 4];
        table_start = -1000;
        which = TABLE;
        struct superacc sum;
        superacc_clear(&sum);
        struct term_real_fault fault = {.parsum_i = 0};
        assert_false(term_real_sum(-1000, (int64_t)n - 1000, 0, &sum, add, &fault));
        assert_int_equal(fault.parsum_i, (int64_t)first - 1000);
        assert_same_double(fault.parsum_value, table[first]);
    }
    table_start = 0;
}

/* Where i leaves 32 bits another loop takes over, in the middle of a block. */
static void ranges_that_cross_the_ends_of_32_bits_sum_exactly(void **state)
{
    (void)state;
    for (which = INVERSE_SQUARE; which <= SINE; which++) {
        for (int64_t before = 3000; before < 3040; before++) {
            assert_sums(INT32_MAX - before, INT32_MAX + before);
            if (which != FLOAT_ROOT)
                assert_sums(INT32_MIN - before, INT32_MIN + before);
        }
    }
}

static void ranges_at_both_ends_of_the_integers_work(void **state)
{
    (void)state;
    uint64_t random = 27;
    doubles_fill(DOUBLES_NEAR_ONE, &random, table, 3000);
    for (int64_t n = 0; n <= 3000; n += 300) {
        which = TABLE;
        table_start = INT64_MIN;
        assert_sums(INT64_MIN, INT64_MIN + n);
        table_start = INT64_MAX - n;
        assert_sums(INT64_MAX - n, INT64_MAX);
        table_start = -n / 2;
        assert_sums(-n / 2, n - n / 2);
    }
    table_start = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_sum_exactly_at_every_small_length),
        cmocka_unit_test(long_formulas_sum_exactly_in_the_lanes),
        cmocka_unit_test(hard_data_of_every_kind_sums_exactly),
        cmocka_unit_test(every_width_of_magnitudes_sums_exactly),
        cmocka_unit_test(steps_up_and_down_sum_exactly_wherever_they_are),
        cmocka_unit_test(slow_growth_and_decay_sum_exactly),
        cmocka_unit_test(the_longest_run_of_the_largest_losses_stays_exact),
        cmocka_unit_test(a_lane_thrown_to_its_mirror_image_is_noticed),
        cmocka_unit_test(zeros_of_either_sign_do_no_harm),
        cmocka_unit_test(subnormals_and_the_largest_doubles_sum_exactly),
        cmocka_unit_test(each_term_is_evaluated_once),
        cmocka_unit_test(the_first_term_that_is_not_finite_is_named),
        cmocka_unit_test(ranges_that_cross_the_ends_of_32_bits_sum_exactly),
        cmocka_unit_test(ranges_at_both_ends_of_the_integers_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
