#include "check.h"
#include "exact/sums.h"

#include <float.h>
#include <stdlib.h>

static struct layout three(void)
{
    return CHECK_LAYOUT(EXACT_INTEGER, EXACT_REAL, EXACT_WIDE);
}

/* Three sums of one term each. */
static struct sums *sums_of(const struct layout *layout, int64_t integer, double real, int128 wide)
{
    struct sums *const sums = sums_new(layout, 1);
    assert_non_null(sums);
    *(int128 *)sums_at(layout, sums, 0) = integer;
    superacc_add(sums_at(layout, sums, 1), real);
    check_add_wide(sums_at(layout, sums, 2), wide);
    return sums;
}

static void each_takes_what_its_kind_needs(void **state)
{
    (void)state;
    const struct layout layout = three();
    assert_int_equal(layout.at[0], 0);
    assert_int_equal(layout.at[1], 16);
    assert_int_equal(layout.at[2], 16 + sizeof(struct superacc));
    assert_int_equal(layout.size, 16 + sizeof(struct superacc) + 32);
}

static void they_merge_one_by_one(void **state)
{
    (void)state;
    const struct layout layout = three();
    struct sums *const into = sums_of(&layout, 40, 1e300, (int128)1 << 100);
    struct sums *const from = sums_of(&layout, 2, 0.5, -((int128)1 << 100));
    union value values[3];
    sums_merge(&layout, into, from);
    assert_true(sums_values(&layout, into, values));
    assert_int128_equal(values[0].integer, 42);
    assert_true(values[1].real == 1e300);
    assert_int128_equal(values[2].integer, 0);
    free(into);
    free(from);
}

static void one_that_does_not_fit_is_told(void **state)
{
    (void)state;
    const struct layout layout = three();
    struct sums *const sums = sums_of(&layout, 1, DBL_MAX, 1);
    union value values[3];
    assert_true(sums_values(&layout, sums, values));
    superacc_add(sums_at(&layout, sums, 1), DBL_MAX);
    assert_false(sums_values(&layout, sums, values));
    free(sums);
}

static void they_are_equal_if_each_is(void **state)
{
    (void)state;
    const struct layout layout = three();
    struct sums *const sums = sums_of(&layout, 1, 0.5, -1), *const other =
                                                                sums_of(&layout, 1, 1, 0);
    superacc_add(sums_at(&layout, other, 1), -0.5);
    assert_false(sums_equal(&layout, sums, other));
    check_add_wide(sums_at(&layout, other, 2), -1);
    assert_true(sums_equal(&layout, sums, other));
    free(sums);
    free(other);
}

static void their_text_reads_back(void **state)
{
    (void)state;
    const struct layout layout = three();
    struct sums *const sums = sums_of(&layout, -7, 1.0, -1), *const again = sums_new(&layout, 1);
    char *const text = malloc(layout.count * EXACT_SAVED);
    assert_non_null(text);
    sums_save(&layout, sums, text);
    assert_string_equal(text, "-7,40000@33,-1:18446744073709551615");
    assert_true(sums_load(&layout, text, again));
    assert_true(sums_equal(&layout, sums, again));
    static const char *const wrong[] = {"",         "1",      "1,1@0",  "1,1@0,0:0,", "1,1@0,0:0,1",
                                        ",1@0,0:0", "1,,0:0", "1,1@0,0"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_false(sums_load(&layout, wrong[k], again));
    free(text);
    free(again);
    free(sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_takes_what_its_kind_needs),
        cmocka_unit_test(they_merge_one_by_one),
        cmocka_unit_test(one_that_does_not_fit_is_told),
        cmocka_unit_test(they_are_equal_if_each_is),
        cmocka_unit_test(their_text_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
