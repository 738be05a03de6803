/* Sums kept apart by keys, against sums that are found by looking through all. */
#include "check.h"
#include "exact/table.h"

#include <math.h>
#include <stdlib.h>

enum { KEYS = 3000, TERMS = 40 * KEYS };

static const struct reductions all = {4, {REDUCE_SUM, REDUCE_COUNT, REDUCE_SD, REDUCE_ARGMIN}};

/* The results of one integer value. */
static const struct results *integers(void)
{
    static struct results made;
    results_of(&made, (const enum exact_kind[]){EXACT_INTEGER}, 1, &all, true);
    return &made;
}

static struct table new_table(size_t most)
{
    return (struct table){.results = integers(), .most = most};
}

/* Different keys: near the first one, at the ends of what is near, and far away. */
static int64_t key_of(size_t k)
{
    static const int64_t some[] = {
        7,
        INT64_MIN,
        INT64_MAX,
        0,
        -1,
        (1 << 19) + 6,
        (1 << 19) + 7,
        -(1 << 19) + 7,
        -(1 << 19) + 6,
    };
    if (k < sizeof some / sizeof *some)
        return some[k];
    return (int64_t)(k % 2 ? 100 + k : k * UINT64_C(0x100000000) + (uint64_t)INT64_MIN);
}

/* Value and key of term t: those of a key are t, t + KEYS and so on. */
static int64_t value_of(size_t t)
{
    return (int64_t)(t * t % 1000) - 300;
}

/* Folds terms [from, to) in groups. */
static void fold_terms(struct table *table, size_t from, size_t to)
{
    int64_t keys[100], values[100];
    const void *const x[] = {values};
    while (from < to) {
        const size_t n = to - from < 100 ? to - from : 100;
        size_t bad, which;
        for (size_t j = 0; j < n; j++) {
            keys[j] = key_of((from + j) % KEYS);
            values[j] = value_of(from + j);
        }
        assert_int_equal(table_fold(table, keys, x, (const enum fold_type[]){FOLD_SIGNED}, n,
                                    (struct fold_place){1, (int64_t)from}, &bad, &which),
                         TABLE_FINE);
        from += n;
    }
}

static void each_key_has_its_own_results(void **state)
{
    (void)state;
    struct table table = new_table(KEYS);
    fold_terms(&table, 0, TERMS);
    assert_int_equal(table.count, KEYS);
    for (size_t k = 0; k < KEYS; k++) {
        enum table_status status = TABLE_FINE;
        union value values[5];
        int128 sum = 0;
        size_t least = k;
        for (size_t t = k; t < TERMS; t += KEYS) {
            sum += value_of(t);
            least = value_of(t) < value_of(least) ? t : least;
        }
        const size_t entry = table_find(&table, key_of(k), &status);
        assert_true(results_finish(table.results, table_entry(&table, entry), values));
        assert_int128_equal(values[0].integer, sum);
        assert_int128_equal(values[1].integer, TERMS / KEYS);
        assert_int128_equal(values[3].integer, (int128)least);
    }
    assert_int_equal(table.count, KEYS);
    table_clear(&table);
}

static void parts_merge_in_any_order(void **state)
{
    (void)state;
    struct table together = new_table(KEYS), a = new_table(KEYS), b = new_table(KEYS);
    fold_terms(&together, 0, TERMS);
    fold_terms(&a, 3 * KEYS / 2, TERMS); /* so its first key is another one, and so its array */
    fold_terms(&b, 0, 3 * KEYS / 2);
    assert_false(table_equal(&a, &together));
    assert_int_equal(table_merge(&a, &b), TABLE_FINE);
    assert_true(table_equal(&a, &together));
    assert_true(table_equal(&together, &a));
    table_clear(&b);
    assert_int_equal(table_merge(&b, &a), TABLE_FINE);
    assert_true(table_equal(&b, &together));
    fold_terms(&b, 0, 1);
    assert_false(table_equal(&b, &together));
    table_clear(&together);
    table_clear(&a);
    table_clear(&b);
}

static void an_emptied_table_is_as_a_new_one(void **state)
{
    (void)state;
    struct table table = new_table(KEYS), fresh = new_table(KEYS);
    fold_terms(&table, 0, 5 * KEYS);
    assert_false(table_equal(&fresh, &table));
    table_empty(&table);
    assert_int_equal(table.count, 0);
    assert_true(table_equal(&table, &fresh));
    fold_terms(&table, 100, KEYS / 2);
    fold_terms(&fresh, 100, KEYS / 2);
    assert_true(table_equal(&table, &fresh));
    table_clear(&table);
    table_clear(&fresh);
}

static void keys_come_in_order_with_a_sign_or_without(void **state)
{
    (void)state;
    struct table table = new_table(KEYS);
    fold_terms(&table, 0, KEYS);
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        uint32_t *const order = table_order(&table, is_signed);
        assert_non_null(order);
        for (size_t k = 1; k < KEYS; k++) {
            const int64_t before = table.keys[order[k - 1]], key = table.keys[order[k]];
            assert_true(is_signed ? before < key : (uint64_t)before < (uint64_t)key);
        }
        free(order);
    }
    table_clear(&table);
    uint32_t *const none = table_order(&table, true);
    assert_non_null(none);
    free(none);
}

static void one_key_too_many_is_told(void **state)
{
    (void)state;
    struct table table = new_table(3), other = new_table(KEYS);
    enum table_status status = TABLE_FINE;
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(table_find(&table, key_of(k), &status), k);
    assert_true(table_find(&table, key_of(3), &status) == SIZE_MAX);
    assert_int_equal(status, TABLE_FULL);
    status = TABLE_FINE;
    assert_int_equal(table_find(&table, key_of(1), &status), 1);
    assert_int_equal(status, TABLE_FINE);
    fold_terms(&other, 0, 4);
    assert_int_equal(table_merge(&table, &other), TABLE_FULL);
    table_clear(&table);
    table_clear(&other);
}

static void a_special_value_is_told_with_its_array(void **state)
{
    (void)state;
    static struct results reals;
    results_of(&reals, (const enum exact_kind[]){EXACT_REAL, EXACT_REAL}, 2, &all, true);
    struct table table = {.results = &reals, .most = 10};
    const int64_t keys[] = {1, 2, 3};
    const double a[] = {1, 2, INFINITY}, b[] = {1, NAN, 3};
    size_t bad = 0, which = 0;
    assert_int_equal(table_fold(&table, keys, (const void *const[]){a, b},
                                (const enum fold_type[]){FOLD_REAL, FOLD_REAL}, 3,
                                (struct fold_place){1, 0}, &bad, &which),
                     TABLE_SPECIAL);
    assert_int_equal(bad, 1);
    assert_int_equal(which, 1);
    table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_has_its_own_results),
        cmocka_unit_test(parts_merge_in_any_order),
        cmocka_unit_test(an_emptied_table_is_as_a_new_one),
        cmocka_unit_test(keys_come_in_order_with_a_sign_or_without),
        cmocka_unit_test(one_key_too_many_is_told),
        cmocka_unit_test(a_special_value_is_told_with_its_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
