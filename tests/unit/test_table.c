/* Sums kept apart by keys, against sums that are found by looking through all. */
#include "check.h"
#include "doubles.h"
#include "exact/table.h"
#include "exact/table_order.h"

#include <math.h>
#include <stdlib.h>

/* No value has a lower half. */
static const void *const none[2];

enum { KEYS = 3000, TERMS = 40 * KEYS };

static const struct reductions all = {4, {REDUCE_SUM, REDUCE_COUNT, REDUCE_SD, REDUCE_ARGMIN}};

/* The results of one integer value. */
static const struct results *integers(void)
{
    static struct results made;
    results_of(&made, (const enum exact_kind[]){EXACT_INTEGER}, 1, &all, RESULTS_SMALL);
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
        assert_int_equal(table_fold(table, keys, x, none, (const enum fold_type[]){FOLD_SIGNED}, n,
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

/* Two values, of which one is real; and the sums of the latter. */
struct reals {
    struct table table;
    struct superacc sums[KEYS];
};

static struct reals *new_reals(void)
{
    static struct results results;
    const struct reductions list = {3, {REDUCE_SUM, REDUCE_MEAN, REDUCE_MAX}};
    results_of(&results, (const enum exact_kind[]){EXACT_INTEGER, EXACT_REAL}, 2, &list,
               RESULTS_SMALL);
    struct reals *const reals = calloc(1, sizeof *reals);
    assert_non_null(reals);
    reals->table = (struct table){.results = &results, .most = KEYS};
    return reals;
}

static void free_reals(struct reals *reals)
{
    table_clear(&reals->table);
    free(reals);
}

static void fold_reals(struct reals *reals, uint64_t *random, enum doubles_kind kind, size_t keys)
{
    enum { GROUP = 100 };
    int64_t to[GROUP], integers[GROUP];
    double x[GROUP];
    size_t bad, which;
    doubles_fill(kind, random, x, GROUP);
    for (size_t j = 0; j < GROUP; j++) {
        const size_t k = doubles_random(random) % keys;
        to[j] = key_of(k);
        integers[j] = (int64_t)k;
        superacc_add(&reals->sums[k], x[j]);
    }
    assert_int_equal(table_fold(&reals->table, to, (const void *const[]){integers, x}, none,
                                (const enum fold_type[]){FOLD_SIGNED, FOLD_REAL}, GROUP,
                                (struct fold_place){1, 0}, &bad, &which),
                     TABLE_FINE);
}

static void empty_reals(struct reals *reals)
{
    table_empty(&reals->table);
    memset(reals->sums, 0, sizeof reals->sums);
}

static void assert_has_sums(struct reals *reals)
{
    const struct results *const results = reals->table.results;
    for (size_t k = 0; k < KEYS; k++) {
        enum table_status status = TABLE_FINE;
        const size_t entry = table_find(&reals->table, key_of(k), &status);
        struct sums *const block = table_entry(&reals->table, entry);
        struct superacc sum = reals->sums[k];
        sums_normalize(&results->layout, block);
        superacc_normalize(&sum);
        assert_memory_equal(sums_at(&results->layout, block, results->parts[1].sum), &sum,
                            sizeof sum);
    }
}

static void sums_of_doubles_are_exact_for_each_key(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t first = 0; first < DOUBLES_KINDS; first++) {
        struct reals *const reals = new_reals();
        for (size_t turn = 0; turn < 400; turn++)
            fold_reals(reals, &random, (enum doubles_kind)((first + turn / 8) % DOUBLES_KINDS),
                       10 + KEYS * turn / 400);
        assert_has_sums(reals);
        empty_reals(reals);
        fold_reals(reals, &random, (enum doubles_kind)first, KEYS);
        assert_has_sums(reals);
        free_reals(reals);
    }
}

/* As they are, and as blocks that come from elsewhere. */
static void tables_of_doubles_merge_in_any_order(void **state)
{
    (void)state;
    uint64_t random = 2;
    enum { TABLES = 6 };
    struct reals *parts[TABLES], *const forth = new_reals(), *const back = new_reals();
    for (size_t t = 0; t < TABLES; t++) {
        parts[t] = new_reals();
        for (size_t turn = 0; turn < 40; turn++)
            fold_reals(parts[t], &random, (enum doubles_kind)(t * turn % DOUBLES_KINDS), KEYS);
    }
    for (size_t t = 0; t < TABLES; t++) {
        struct reals *const other = parts[TABLES - 1 - t];
        assert_int_equal(table_merge(&forth->table, &parts[t]->table), TABLE_FINE);
        for (size_t entry = 0; entry < other->table.count; entry++) {
            enum table_status status = TABLE_FINE;
            const size_t to = table_find(&back->table, other->table.keys[entry], &status);
            assert_int_equal(table_add(&back->table, to, table_entry(&other->table, entry)),
                             TABLE_FINE);
        }
        for (size_t k = 0; k < KEYS; k++) {
            superacc_merge(&forth->sums[k], &parts[t]->sums[k]);
            superacc_merge(&back->sums[k], &other->sums[k]);
        }
    }
    assert_true(table_equal(&forth->table, &back->table));
    assert_has_sums(forth);
    assert_has_sums(back);
    fold_reals(back, &random, DOUBLES_SUBNORMAL, KEYS);
    assert_false(table_equal(&forth->table, &back->table));
    for (size_t t = 0; t < TABLES; t++)
        free_reals(parts[t]);
    free_reals(forth);
    free_reals(back);
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
    uint32_t *const nothing = table_order(&table, true);
    assert_non_null(nothing);
    free(nothing);
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
    results_of(&reals, (const enum exact_kind[]){EXACT_REAL, EXACT_REAL}, 2, &all, RESULTS_SMALL);
    struct table table = {.results = &reals, .most = 10};
    const int64_t keys[] = {1, 2, 3};
    const double a[] = {1, 2, INFINITY}, b[] = {1, NAN, 3};
    size_t bad = 0, which = 0;
    assert_int_equal(table_fold(&table, keys, (const void *const[]){a, b}, none,
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
        cmocka_unit_test(sums_of_doubles_are_exact_for_each_key),
        cmocka_unit_test(tables_of_doubles_merge_in_any_order),
        cmocka_unit_test(an_emptied_table_is_as_a_new_one),
        cmocka_unit_test(keys_come_in_order_with_a_sign_or_without),
        cmocka_unit_test(one_key_too_many_is_told),
        cmocka_unit_test(a_special_value_is_told_with_its_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
