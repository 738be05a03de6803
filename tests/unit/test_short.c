#include "exact/short.h"

#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TERMS_MAX = 512 };

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

/* What short_add must be like, and sums of all that went through it and through this. */
struct twins {
    struct superacc fast, slow;
};

static void assert_list(struct twins *twins, const double *x, size_t n)
{
    struct superacc own;
    superacc_clear(&own);
    superacc_add_array(&own, x, n);
    superacc_merge(&twins->slow, &own);
    const double expected = superacc_round(&own), sum = short_add(&twins->fast, x, n);
    if (doubles_bits(sum) != doubles_bits(expected)) {
        printf("%a, not %a, for", sum, expected);
        for (size_t j = 0; j < n; j++) {
            printf(" %a", x[j]);
        }
        printf("\n");
    }
    assert_same_double(sum, expected);
}

static void assert_twins(struct twins *twins)
{
    superacc_normalize(&twins->fast);
    superacc_normalize(&twins->slow);
    assert_memory_equal(&twins->fast, &twins->slow, sizeof twins->fast);
}

static double sum_of(const double *x, size_t n)
{
    struct superacc sum;
    superacc_clear(&sum);
    return short_add(&sum, x, n);
}

#define SUM(...)                                                                                   \
    sum_of((const double[]){__VA_ARGS__}, sizeof(double[]){__VA_ARGS__} / sizeof(double))

static size_t random_length(uint64_t *random)
{
    const uint64_t lengths[] = {4, 11, 20, 65};
    return doubles_random(random) % lengths[doubles_random(random) % 4];
}

static void sums_of_zeros_are_positive(void **state)
{
    (void)state;
    assert_same_double(sum_of(NULL, 0), 0.0);
    assert_same_double(SUM(-0.0), 0.0);
    assert_same_double(SUM(-0.0, -0.0), 0.0);
    assert_same_double(SUM(-0.0, -0.0, -0.0), 0.0);
    assert_same_double(SUM(1e300, -1e300), 0.0);
    assert_same_double(SUM(-5e-324, 5e-324, -0.0), 0.0);
    assert_same_double(SUM(1, 0x1p-60, 0x1p-900, -1, -0x1p-60, -0x1p-900), 0.0);
}

static void ties_go_to_even_unless_a_crumb_decides(void **state)
{
    (void)state;
    assert_same_double(SUM(1, 0x1p-53), 1.0);
    assert_same_double(SUM(1, 0x1p-52, 0x1p-53), 1 + 0x1p-51);
    assert_same_double(SUM(1, 0x1p-53, DBL_TRUE_MIN), 1 + 0x1p-52);
    assert_same_double(SUM(1, 0x1p-53, -DBL_TRUE_MIN), 1.0);
    assert_same_double(SUM(1, 0x1p-53, 0x1p-105, -DBL_TRUE_MIN), 1 + 0x1p-52);
    assert_same_double(SUM(1, 0x1p-53, 0x1p-500, -0x1p-500), 1.0);
    assert_same_double(SUM(-1, -0x1p-53, -DBL_TRUE_MIN), -1 - 0x1p-52);
    assert_same_double(SUM(1, -0x1p-54, -DBL_TRUE_MIN), 1 - 0x1p-53);
    assert_same_double(SUM(DBL_MIN, 0x1p-1074, 0x1p-1000), 0x1p-1000 + DBL_MIN);
}

static void overflow_on_the_way_does_no_harm(void **state)
{
    (void)state;
    assert_same_double(SUM(DBL_MAX, DBL_MAX), INFINITY);
    assert_same_double(SUM(-DBL_MAX, 0, -DBL_MAX), -INFINITY);
    assert_same_double(SUM(DBL_MAX, 0x1p970), INFINITY);
    assert_same_double(SUM(DBL_MAX, 0x1p970, -DBL_TRUE_MIN), DBL_MAX);
    assert_same_double(SUM(DBL_MAX, 0x1p969), DBL_MAX);
    assert_same_double(SUM(DBL_MAX, 1, DBL_MAX, 0x1p-600, -DBL_MAX, 0, -DBL_MAX), 1.0);
    assert_same_double(SUM(DBL_MAX, -0x1p-1000, -DBL_MAX, -DBL_MAX, DBL_MAX), -0x1p-1000);
}

static void hard_data_of_every_kind_has_the_bits_of_a_superaccumulator(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    struct twins twins = {0};
    uint64_t random = 31;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        for (int round = 0; round < 60000; round++) {
            const size_t n = random_length(&random);
            doubles_fill((enum doubles_kind)kind, &random, x, n);
            assert_list(&twins, x, n);
        }
        doubles_fill((enum doubles_kind)kind, &random, x, TERMS_MAX);
        assert_list(&twins, x, TERMS_MAX);
        assert_twins(&twins);
    }
}

/* From lists that s and t hold to those that nothing but a superaccumulator does. */
static void every_width_of_magnitudes_has_the_same_bits(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    struct twins twins = {0};
    uint64_t random = 32;
    for (uint64_t width = 0; width <= 300; width++) {
        for (int round = 0; round < 1000; round++) {
            const size_t n = random_length(&random);
            const uint64_t low = doubles_random(&random) % (2046 - width);
            /* few bits, so that ties and sums that cancel are frequent, or all of them */
            const uint64_t mask = UINT64_MAX << (round % 3 == 0 ? 0 : 52 - round % 4);
            for (size_t j = 0; j < n; j++) {
                const double any = doubles_between(&random, low, low + width);
                x[j] = doubles_from_bits(doubles_bits(any) & mask);
            }
            assert_list(&twins, x, n);
        }
        assert_twins(&twins);
    }
}

/* A double, half a unit of it or almost, and crumbs; and things that cancel, in between. */
static void middles_of_two_doubles_go_the_right_way(void **state)
{
    (void)state;
    struct twins twins = {0};
    uint64_t random = 33;
    for (int round = 0; round < 300000; round++) {
        double x[9] = {0};
        size_t n = 0;
        const int top = (int)(doubles_random(&random) % 1900) - 900;
        x[n++] = ldexp((double)(doubles_random(&random) >> 11 | UINT64_C(1) << 52), top - 52);
        const double sign = doubles_random(&random) % 2 == 0 ? 1 : -1;
        x[n++] = sign * ldexp(1, top - 53);
        for (int depth = 54; n < 5; n++) {
            depth += (int)(doubles_random(&random) % (doubles_random(&random) % 2 == 0 ? 60 : 900));
            const double crumb = ldexp(1, top - depth);
            x[n] = doubles_random(&random) % 2 == 0 ? crumb : -crumb;
        }
        for (uint64_t pairs = doubles_random(&random) % 3; pairs > 0; pairs--) {
            x[n] = doubles_between(&random, 0, 2046);
            x[n + 1] = -x[n];
            n += 2;
        }
        doubles_shuffle(&random, x, n);
        assert_list(&twins, x, n);
    }
    assert_twins(&twins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_zeros_are_positive),
        cmocka_unit_test(ties_go_to_even_unless_a_crumb_decides),
        cmocka_unit_test(overflow_on_the_way_does_no_harm),
        cmocka_unit_test(hard_data_of_every_kind_has_the_bits_of_a_superaccumulator),
        cmocka_unit_test(every_width_of_magnitudes_has_the_same_bits),
        cmocka_unit_test(middles_of_two_doubles_go_the_right_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
