/* What is made of values. tests/cli/test_results.py holds many more of them against fractions. */
#include "check.h"
#include "exact/fold.h"

#include <math.h>
#include <stdlib.h>

static const struct reductions all = {
    REDUCTIONS,
    {REDUCE_SUM, REDUCE_COUNT, REDUCE_MEAN, REDUCE_VAR, REDUCE_SD, REDUCE_SE, REDUCE_RMS,
     REDUCE_MIN, REDUCE_MAX, REDUCE_ARGMIN, REDUCE_ARGMAX},
};

static union value values[RESULTS_MAX + 1];

static struct results results_of_one(enum exact_kind kind, bool small)
{
    struct results made;
    results_of(&made, &kind, 1, &all, small ? RESULTS_SMALL : 0);
    return made;
}

/* A block of sums in which n terms of one value are folded, from i = 10 of run 3 on. */
static struct sums *folded(const struct results *results, enum fold_type type, const void *x,
                           size_t n)
{
    struct sums *const sums = sums_new(&results->layout, 1);
    const struct parts *const parts = &results->parts[0];
    assert_non_null(sums);
    const struct fold_parts to = {
        sums_at(&results->layout, sums, parts->sum),
        sums_at(&results->layout, sums, parts->squares),
        sums_at(&results->layout, sums, parts->least),
        sums_at(&results->layout, sums, parts->greatest),
        true,
    };
    if (n > 0)
        assert_int_equal(fold(type, x, n, (struct fold_place){3, 10}, &to, NULL), n);
    *(int128 *)sums_at(&results->layout, sums, results->terms) = (int128)n;
    return sums;
}

static void names_are_found_again(void **state)
{
    (void)state;
    for (enum reduction k = 0; k < REDUCTIONS; k++)
        assert_int_equal(reduction_find(reduction_name(k), strlen(reduction_name(k))), k);
    assert_int_equal(reduction_find("sums", 3), REDUCE_SUM);
    assert_int_equal(reduction_find("su", 2), REDUCTIONS);
    assert_int_equal(reduction_find("summ", 4), REDUCTIONS);
    assert_int_equal(reduction_find("", 0), REDUCTIONS);
}

/* Of 5, -3, 5: S = 7, Q = 59, n Q - S^2 = 128. */
static void each_is_rounded_once(void **state)
{
    (void)state;
    static const int64_t x[] = {5, -3, 5};
    const struct results results = results_of_one(EXACT_INTEGER, false);
    struct sums *const sums = folded(&results, FOLD_SIGNED, x, 3);
    assert_true(results_finish(&results, sums, values));
    assert_int128_equal(values[REDUCE_SUM].integer, 7);
    assert_int128_equal(values[REDUCE_COUNT].integer, 3);
    assert_true(values[REDUCE_MEAN].real == 7.0 / 3);
    assert_true(values[REDUCE_VAR].real == 64.0 / 3);
    assert_true(values[REDUCE_SD].real == (double)(8 / sqrtl(3)));
    assert_true(values[REDUCE_SE].real == 8.0 / 3);
    assert_true(values[REDUCE_RMS].real == (double)sqrtl(59.0L / 3));
    assert_int128_equal(values[REDUCE_MIN].integer, -3);
    assert_int128_equal(values[REDUCE_MAX].integer, 5);
    assert_int128_equal(values[REDUCE_ARGMIN].integer, 11);
    assert_int128_equal(values[REDUCE_ARGMAX].integer, 10);
    for (size_t k = 0; k < REDUCTIONS; k++) {
        const bool is_place = k == REDUCE_ARGMIN || k == REDUCE_ARGMAX;
        assert_false(results_is_empty(&results, values, k));
        assert_int_equal(results_run(&results, sums, k), is_place ? 3 : 0);
    }
    free(sums);
}

static void too_few_terms_have_no_result(void **state)
{
    (void)state;
    static const double x[] = {-0.0};
    static const size_t empty[2] = {
        1 << REDUCE_MEAN | 1 << REDUCE_VAR | 1 << REDUCE_SD | 1 << REDUCE_SE | 1 << REDUCE_RMS |
            1 << REDUCE_MIN | 1 << REDUCE_MAX | 1 << REDUCE_ARGMIN | 1 << REDUCE_ARGMAX,
        1 << REDUCE_VAR | 1 << REDUCE_SD | 1 << REDUCE_SE,
    };
    const struct results results = results_of_one(EXACT_REAL, false);
    for (size_t n = 0; n < 2; n++) {
        struct sums *const sums = folded(&results, FOLD_REAL, x, n);
        assert_true(results_finish(&results, sums, values));
        for (size_t k = 0; k < REDUCTIONS; k++)
            assert_int_equal(results_is_empty(&results, values, k), empty[n] >> k & 1);
        assert_true(values[REDUCE_SUM].real == 0);
        assert_int_equal(results_run(&results, sums, REDUCE_ARGMIN), n > 0 ? 3 : 0);
        free(sums);
    }
    assert_true(signbit(values[REDUCE_MIN].real));
}

static void what_is_too_large_does_not_fit(void **state)
{
    (void)state;
    static const double x[] = {1e200, -1e200};
    const struct results results = results_of_one(EXACT_REAL, false);
    struct sums *sums = folded(&results, FOLD_REAL, x, 2);
    assert_false(results_finish(&results, sums, values)); /* the variance is 2e400 */
    free(sums);
    sums = folded(&results, FOLD_REAL, x, 1);
    assert_true(results_finish(&results, sums, values));
    assert_true(values[REDUCE_RMS].real == 1e200);
    free(sums);
}

static void a_small_block_has_the_same_results(void **state)
{
    (void)state;
    static const double x[] = {1e9, 1e9 + 0.125, 1e-300, -7};
    const struct results large = results_of_one(EXACT_REAL, false),
                         small = results_of_one(EXACT_REAL, true);
    struct sums *const sums = folded(&large, FOLD_REAL, x, 4), *const other =
                                                                   sums_new(&small.layout, 1);
    assert_non_null(other);
    assert_true(small.layout.size < large.layout.size);
    for (size_t j = 0; j < 4; j++) {
        const struct fold_parts to = {
            .squares = sums_at(&small.layout, other, small.parts[0].squares),
            .least = sums_at(&small.layout, other, small.parts[0].least),
            .greatest = sums_at(&small.layout, other, small.parts[0].greatest),
            .places = true,
        };
        fold(FOLD_REAL, &x[j], 1, (struct fold_place){3, 10 + (int64_t)j}, &to, NULL);
        superacc_add(sums_at(&small.layout, other, small.parts[0].sum), x[j]);
    }
    *(int128 *)sums_at(&small.layout, other, small.terms) = 4;
    union value again[RESULTS_MAX + 1];
    memset(values, 0, sizeof values);
    memset(again, 0, sizeof again);
    assert_true(results_finish(&large, sums, values));
    assert_true(results_finish(&small, other, again));
    assert_memory_equal(values, again, sizeof values);
    free(sums);
    free(other);
}

static void only_what_is_asked_for_is_in_the_making(void **state)
{
    (void)state;
    static const struct reductions mean = {1, {REDUCE_MEAN}},
                                   ends = {2, {REDUCE_MAX, REDUCE_ARGMAX}};
    const enum exact_kind kind = EXACT_INTEGER;
    struct results results;
    results_of(&results, &kind, 1, &mean, 0);
    assert_int_equal(results.layout.count, 2); /* with the number of terms */
    assert_int_equal(results.parts[0].squares, RESULTS_NONE);
    results_of(&results, &kind, 1, &ends, 0);
    assert_int_equal(results.layout.count, 2);
    assert_int_equal(results.parts[0].sum, RESULTS_NONE);
    assert_int_equal(results.parts[0].least, RESULTS_NONE);
    results_of(&results, NULL, 0, &mean, RESULTS_SMALL);
    assert_int_equal(results.count, 1);
    assert_int_equal(results.result[0].reduction, REDUCE_COUNT);
    results_of_sums(&results, &kind, 1);
    assert_memory_equal(&results.layout, &results_integer.layout, sizeof results.layout);
}

static void they_are_described(void **state)
{
    (void)state;
    static const enum exact_kind kinds[] = {EXACT_INTEGER, EXACT_REAL};
    static const struct reductions some = {2, {REDUCE_SD, REDUCE_ARGMIN}};
    static struct results results;
    char text[RESULTS_TEXT];
    results_of_sums(&results, kinds, 2);
    results_describe(&results, text);
    assert_string_equal(text, "integer,real");
    results_of(&results, kinds, 2, &some, 0);
    results_describe(&results, text);
    assert_string_equal(text, "integer,real reduce sd,argmin");
    results_of(&results, NULL, 0, &some, 0);
    results_describe(&results, text);
    assert_string_equal(text, "reduce count");
    enum exact_kind longest[RESULTS_VALUES];
    for (size_t k = 0; k < RESULTS_VALUES; k++)
        longest[k] = EXACT_NATURAL;
    results_of(&results, longest, RESULTS_VALUES, &all, 0);
    results_describe(&results, text);
    assert_true(strlen(text) < RESULTS_TEXT);
}

static void finished_ones_read_back(void **state)
{
    (void)state;
    static const int64_t x[] = {5, -3, 5};
    static const struct reductions some = {3, {REDUCE_MIN, REDUCE_MEAN, REDUCE_COUNT}};
    static const char *const wrong[] = {"",         "-3",     "-3,0x1p+1,3", "-3,0x1p+1,3,3,3",
                                        "-3,x,3,3", "-3,,3,3"};
    const enum exact_kind kind = EXACT_INTEGER;
    char text[4 * EXACT_TEXT];
    union value again[4];
    struct results results = results_of_one(kind, false);
    struct sums *const sums = folded(&results, FOLD_SIGNED, x, 3);
    assert_true(results_finish(&results, sums, values));
    const union value taken[4] = {values[REDUCE_MIN], values[REDUCE_MEAN], values[REDUCE_COUNT],
                                  values[REDUCTIONS]};
    free(sums);
    results_of(&results, &kind, 1, &some, 0);
    assert_int_equal(results_slots(&results), 4);
    results_save(&results, taken, text);
    assert_string_equal(text, "-3,0x1.2aaaaaaaaaaabp+1,3,3");
    assert_true(results_load(&results, text, again));
    assert_int128_equal(again[0].integer, -3);
    assert_true(again[1].real == 7.0 / 3);
    assert_int128_equal(again[3].integer, 3);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_false(results_load(&results, wrong[k], again));
}

static void results_of_values_that_may_be_left_out_have_room(void **state)
{
    (void)state;
    static const struct reductions one = {1, {REDUCE_COUNT}};
    struct reductions each = {.count = REDUCTIONS};
    enum exact_kind kinds[RESULTS_VALUES];
    struct results results;
    for (size_t k = 0; k < RESULTS_VALUES; k++)
        kinds[k] = EXACT_REAL;
    for (size_t r = 0; r < REDUCTIONS; r++)
        each.list[r] = (enum reduction)r;
    results_of(&results, kinds, RESULTS_VALUES, &each, RESULTS_SKIP);
    assert_int_equal(results_slots(&results), RESULTS_SLOTS);
    /* of no values only terms are counted, and there are no counts beside them */
    results_of(&results, NULL, 0, &one, RESULTS_SKIP);
    const size_t slots = results_slots(&results);
    union value *const own = calloc(slots, sizeof *own);
    assert_non_null(own);
    assert_int_equal(slots, 2);
    assert_false(results_is_empty(&results, own, 0));
    free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_of_values_that_may_be_left_out_have_room),
        cmocka_unit_test(names_are_found_again),
        cmocka_unit_test(each_is_rounded_once),
        cmocka_unit_test(too_few_terms_have_no_result),
        cmocka_unit_test(what_is_too_large_does_not_fit),
        cmocka_unit_test(a_small_block_has_the_same_results),
        cmocka_unit_test(only_what_is_asked_for_is_in_the_making),
        cmocka_unit_test(they_are_described),
        cmocka_unit_test(finished_ones_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
