/* Sums of doubles that count units, against a superacc for each: the same bits, whatever comes. */
#include "check.h"
#include "doubles.h"
#include "exact/units.h"

#include <math.h>
#include <stdlib.h>

enum { SUMS = 37, GROUP = 64 };

/* The sums to be tested, and their twins. As in a table they lie apart. */
struct pair {
    struct units units;
    struct {
        int128 sum, other;
    } sums[SUMS];
    struct superacc twins[SUMS];
};

static struct units_sums sums_of(struct pair *pair)
{
    return (struct units_sums){(char *)&pair->sums[0].sum, sizeof pair->sums[0], SUMS};
}

static struct pair *new_pair(void)
{
    void *const pair = aligned_alloc(16, (sizeof(struct pair) + 15) / 16 * 16);
    assert_non_null(pair);
    memset(pair, 0, sizeof(struct pair));
    assert_true(units_make_room(&((struct pair *)pair)->units, SUMS));
    return pair;
}

static void free_pair(struct pair *pair)
{
    units_clear(&pair->units);
    free(pair);
}

static void assert_same(struct pair *pair)
{
    for (size_t k = 0; k < SUMS; k++) {
        struct superacc sum = {0}, twin = pair->twins[k];
        units_get(&pair->units, sums_of(pair), k, &sum);
        superacc_normalize(&sum);
        superacc_normalize(&twin);
        assert_memory_equal(&sum, &twin, sizeof sum);
    }
}

/* Adds x[0] to x[n-1], each to a sum by chance. */
static void add(struct pair *pair, uint64_t *random, const double *x, size_t n)
{
    uint32_t where[GROUP];
    while (n > 0) {
        const size_t now = n < GROUP ? n : 1 + doubles_random(random) % GROUP;
        for (size_t j = 0; j < now; j++) {
            where[j] = (uint32_t)(doubles_random(random) % SUMS);
            superacc_add(&pair->twins[where[j]], x[j]);
        }
        assert_true(units_add(&pair->units, sums_of(pair), where, x, now));
        x += now;
        n -= now;
    }
}

static void fill_and_add(struct pair *pair, uint64_t *random, enum doubles_kind kind, size_t n)
{
    double x[1000];
    assert_true(n <= 1000);
    doubles_fill(kind, random, x, n);
    add(pair, random, x, n);
}

static void hard_doubles_have_the_sums_that_a_superacc_has(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        struct pair *const pair = new_pair();
        for (int turn = 0; turn < 20; turn++)
            fill_and_add(pair, &random, (enum doubles_kind)kind, 1000);
        assert_same(pair);
        free_pair(pair);
    }
}

/* Terms of one kind place the window; those of all others follow. */
static void what_comes_first_makes_no_difference(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        struct pair *const pair = new_pair();
        for (int turn = 0; turn < 2 * DOUBLES_KINDS; turn++)
            fill_and_add(pair, &random, (enum doubles_kind)((kind + turn) % DOUBLES_KINDS), 500);
        assert_same(pair);
        free_pair(pair);
    }
}

static void terms_of_similar_size_need_no_rest(void **state)
{
    (void)state;
    uint64_t random = 3;
    double x[GROUP];
    for (uint64_t exponent = 0; exponent <= 2046; exponent += 3) {
        const uint64_t largest = exponent + exponent % 21;
        struct pair *const pair = new_pair();
        for (int turn = 0; turn < 10; turn++) {
            for (size_t j = 0; j < GROUP; j++)
                x[j] = doubles_random(&random) % 4 == 0
                           ? 0
                           : doubles_between(&random, exponent, largest < 2046 ? largest : 2046);
            add(pair, &random, x, GROUP);
        }
        assert_same(pair);
        assert_int_equal(pair->units.rest_count, 0);
        free_pair(pair);
    }
}

/* All of one sign and in the last binade of the window, so a sum overflows every 2^12 terms. */
static void a_sum_that_overflows_goes_on_beside_a_rest(void **state)
{
    (void)state;
    static const uint32_t where[GROUP] = {0};
    double x[GROUP];
    for (int sign = -1; sign <= 1; sign += 2) {
        struct pair *const pair = new_pair();
        const double spread[] = {sign * 0x1p-62, sign * (2 - 0x1p-52)};
        superacc_add_array(&pair->twins[0], spread, 2);
        assert_true(units_add(&pair->units, sums_of(pair), where, spread, 2));
        assert_int_equal(pair->units.rest_count, 0);
        for (size_t j = 0; j < GROUP; j++)
            x[j] = sign * (2 - 0x1p-52);
        for (int turn = 0; turn < 200; turn++) {
            superacc_add_array(&pair->twins[0], x, GROUP);
            assert_true(units_add(&pair->units, sums_of(pair), where, x, GROUP));
        }
        assert_int_equal(pair->units.rest_count, 1);
        assert_same(pair);
        free_pair(pair);
    }
}

/* Upwards and downwards, by half a binade for each group, beyond both ends. */
static void the_window_follows_terms_that_drift(void **state)
{
    (void)state;
    uint64_t random = 5;
    double x[GROUP];
    for (int up = 0; up < 2; up++) {
        struct pair *const pair = new_pair();
        size_t last = 0;
        for (uint64_t turn = 0; turn < 4000; turn++) {
            const uint64_t at = (up ? turn : 3999 - turn) / 2;
            for (size_t j = 0; j < GROUP; j++)
                x[j] = doubles_between(&random, at, at + 4);
            last = pair->units.outside;
            add(pair, &random, x, GROUP);
        }
        assert_same(pair);
        assert_true(last < SUMS + GROUP);
        assert_true(up ? pair->units.first > 1900 : pair->units.first < 100);
        free_pair(pair);
    }
}

static void merge(struct pair *into, struct pair *from, bool by_superacc)
{
    if (!by_superacc)
        assert_true(units_meet(&into->units, sums_of(into), &from->units));
    for (size_t k = 0; k < SUMS; k++) {
        struct superacc sum = {0};
        units_get(&from->units, sums_of(from), k, &sum);
        assert_true(by_superacc ? units_put(&into->units, sums_of(into), k, &sum)
                                : units_merge(&into->units, sums_of(into), k, &from->units,
                                              sums_of(from), k));
        superacc_merge(&into->twins[k], &from->twins[k]);
    }
    assert_same(into);
}

static void sums_merge_in_any_order_whatever_their_windows(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int by_superacc = 0; by_superacc < 2; by_superacc++) {
        struct pair *from[2 * DOUBLES_KINDS], *const forth = new_pair(), *const back = new_pair();
        for (int kind = 0; kind < 2 * DOUBLES_KINDS; kind++) {
            from[kind] = new_pair();
            fill_and_add(from[kind], &random, (enum doubles_kind)(kind / 2), 1000);
        }
        for (int kind = 0; kind < 2 * DOUBLES_KINDS; kind++) {
            merge(forth, from[kind], by_superacc);
            merge(back, from[2 * DOUBLES_KINDS - 1 - kind], by_superacc);
        }
        for (size_t k = 0; k < SUMS; k++) {
            struct superacc a = {0}, b = {0};
            units_get(&forth->units, sums_of(forth), k, &a);
            units_get(&back->units, sums_of(back), k, &b);
            superacc_normalize(&a);
            superacc_normalize(&b);
            assert_memory_equal(&a, &b, sizeof a);
        }
        for (int kind = 0; kind < 2 * DOUBLES_KINDS; kind++)
            free_pair(from[kind]);
        free_pair(forth);
        free_pair(back);
    }
}

/* 0: windows meet; 1: the first superacc places the window; 2: terms have placed it. */
static void merging_makes_no_rests_where_windows_are_near(void **state)
{
    (void)state;
    uint64_t random = 7;
    double x[1000];
    for (int way = 0; way < 3; way++) {
        struct pair *const into = new_pair();
        for (uint64_t turn = 0; turn < 20; turn++) {
            struct pair *const from = new_pair();
            const uint64_t low = way == 0 ? 1000 + (turn * 7 + 10) % 11 * 3 : 1000;
            for (size_t j = 0; j < 1000; j++)
                x[j] = doubles_between(&random, low, low + 10);
            add(from, &random, x, 1000);
            if (way == 2 && turn == 0)
                add(into, &random, x, 1000);
            merge(into, from, way > 0);
            free_pair(from);
        }
        assert_int_equal(into->units.rest_count, 0);
        free_pair(into);
    }
}

static void emptied_units_begin_again(void **state)
{
    (void)state;
    uint64_t random = 8;
    struct pair *const pair = new_pair();
    fill_and_add(pair, &random, DOUBLES_ANY, 1000);
    assert_true(pair->units.rest_count > 0);
    units_empty(&pair->units);
    assert_int_equal(pair->units.rest_count, 0);
    memset(pair->sums, 0, sizeof pair->sums);
    memset(pair->twins, 0, sizeof pair->twins);
    assert_same(pair);
    fill_and_add(pair, &random, DOUBLES_ANY, 1000);
    assert_same(pair);
    free_pair(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_doubles_have_the_sums_that_a_superacc_has),
        cmocka_unit_test(what_comes_first_makes_no_difference),
        cmocka_unit_test(terms_of_similar_size_need_no_rest),
        cmocka_unit_test(a_sum_that_overflows_goes_on_beside_a_rest),
        cmocka_unit_test(the_window_follows_terms_that_drift),
        cmocka_unit_test(sums_merge_in_any_order_whatever_their_windows),
        cmocka_unit_test(merging_makes_no_rests_where_windows_are_near),
        cmocka_unit_test(emptied_units_begin_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
