/* Hits, against plain loops over the same values. */
#include "check.h"

#include "term/find.h"

#include <math.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;

/* 0 but for one in `rare`. */
static uint64_t draw(unsigned rare)
{
    return check_random(&random_state) % rare ? 0 : check_random(&random_state);
}

static struct hits find_all(const void *x, size_t n, enum fold_type type)
{
    struct hits hits = {0};
    struct term_place at;
    assert_int_equal(find_group(&hits, 7, -5, n, x, type, &at), TERM_FINE);
    assert_false(hits.failed);
    return hits;
}

static void test_finds_what_a_plain_loop_does(void **state)
{
    (void)state;
    static int64_t integers[TERM_GROUP];
    static int128 wides[TERM_GROUP];
    static double reals[TERM_GROUP];
    static const unsigned rares[] = {1, 2, 50, 1500, 100000};
    for (unsigned round = 0; round < 500; round++) {
        const size_t n = round % 3 ? check_random(&random_state) % TERM_GROUP + 1 : TERM_GROUP;
        size_t expected[3] = {0};
        for (size_t j = 0; j < n; j++) {
            integers[j] = (int64_t)draw(rares[round % 5]);
            wides[j] = (int128)((uint128)draw(rares[round % 5]) << (round % 2 ? 64 : 0));
            reals[j] = draw(rares[round % 5]) ? 0x1p-1074 : -0.0;
        }
        struct hits found[] = {find_all(integers, n, FOLD_SIGNED),
                               find_all(integers, n, FOLD_UNSIGNED), find_all(wides, n, FOLD_WIDE),
                               find_all(wides, n, FOLD_NATURAL), find_all(reals, n, FOLD_REAL)};
        for (size_t j = 0; j < n; j++) {
            const int64_t i = (int64_t)j - 5;
            if (integers[j]) {
                const size_t k = expected[0]++;
                assert_true(k < found[0].count && k < found[1].count);
                assert_int_equal(found[0].at[k].i, i);
                assert_int_equal(found[0].at[k].run, 7);
                assert_int128_equal(found[0].at[k].value.integer, integers[j]);
                assert_int128_equal(found[1].at[k].value.integer, (uint64_t)integers[j]);
            }
            if (wides[j]) {
                const size_t k = expected[1]++;
                assert_true(k < found[2].count && k < found[3].count);
                assert_int_equal(found[2].at[k].i, i);
                assert_int128_equal(found[2].at[k].value.integer, wides[j]);
                assert_int128_equal(found[3].at[k].value.integer, wides[j]);
            }
            if (reals[j] != 0) {
                const size_t k = expected[2]++;
                assert_true(k < found[4].count);
                assert_int_equal(found[4].at[k].i, i);
                assert_true(found[4].at[k].value.real == reals[j]);
            }
        }
        for (size_t k = 0; k < 5; k++) {
            assert_int_equal(found[k].count, expected[k / 2]);
            hits_clear(&found[k]);
        }
    }
}

static void test_the_first_that_is_not_finite_is_a_fault(void **state)
{
    (void)state;
    static double x[TERM_GROUP];
    for (size_t j = 0; j < TERM_GROUP; j++)
        x[j] = j % 3 == 0;
    x[1000] = INFINITY;
    x[999] = -NAN;
    struct hits hits = {0};
    struct term_place at = {0};
    assert_int_equal(find_group(&hits, 1, 50, TERM_GROUP, x, FOLD_REAL, &at), TERM_NAN);
    assert_int_equal(at.i, 1049);
    assert_int_equal(find_group(&hits, 1, 50, TERM_GROUP - 1049, x + 1000, FOLD_REAL, &at),
                     TERM_INFINITE);
    assert_int_equal(at.i, 50);
    hits_clear(&hits);
}

static void test_hits_that_are_missing_are_missed_by_all_that_they_are_added_to(void **state)
{
    (void)state;
    struct hits a = {0}, b = {0};
    *hits_room(&a, 1) = (struct hit){.i = 3};
    a.count = 1;
    hits_add(&b, &a, 0, 1);
    hits_add(&b, &a, 0, 1);
    assert_int_equal(b.count, 2);
    assert_false(b.failed);
    a.failed = true;
    hits_add(&b, &a, 1, 0);
    assert_true(b.failed);
    hits_empty(&b);
    assert_false(b.failed);
    assert_int_equal(b.count, 0);
    hits_clear(&a);
    hits_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_what_a_plain_loop_does),
        cmocka_unit_test(test_the_first_that_is_not_finite_is_a_fault),
        cmocka_unit_test(test_hits_that_are_missing_are_missed_by_all_that_they_are_added_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
