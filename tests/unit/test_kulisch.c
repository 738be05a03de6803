#include "exact/kulisch.h"
#include "exact/saved.h"

#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mpfr.h>

enum { TERMS_MAX = 2000 };

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

/* A number to which doubles and products are added without rounding, by MPFR. */
static void open_number(mpfr_t number)
{
    mpfr_init2(number, 4400);
    mpfr_set_zero(number, 1);
}

static void number_add(mpfr_t number, double x, double y)
{
    mpfr_t product;
    mpfr_init2(product, 106);
    mpfr_set_d(product, x, MPFR_RNDN);
    mpfr_mul_d(product, product, y, MPFR_RNDN);
    assert_int_equal(mpfr_add(number, number, product, MPFR_RNDN), 0);
    mpfr_clear(product);
}

/* Of x[0] * y[0] to x[n-1] * y[n-1], rounded once. */
static double true_sum(const double *x, const double *y, size_t n)
{
    mpfr_t number;
    open_number(number);
    for (size_t j = 0; j < n; j++)
        number_add(number, x[j], y ? y[j] : 1);
    const double rounded = mpfr_zero_p(number) ? 0.0 : mpfr_get_d(number, MPFR_RNDN);
    mpfr_clear(number);
    return rounded;
}

static struct kulisch sum_of(const double *x, const double *y, size_t n)
{
    struct kulisch sum = {0};
    for (size_t j = 0; j < n; j++) {
        if (y)
            kulisch_add_product(&sum, x[j], y[j]);
        else
            kulisch_add(&sum, x[j]);
    }
    return sum;
}

static void assert_equal_sums(const struct kulisch *a, const struct kulisch *b)
{
    unsigned char of_a[SAVED_BYTES], of_b[SAVED_BYTES];
    const size_t length = saved_put(a, of_a);
    assert_int_equal(saved_put(b, of_b), length);
    assert_memory_equal(of_a, of_b, length);
}

static enum doubles_kind kind_of(int number)
{
    return (enum doubles_kind)(number % DOUBLES_KINDS);
}

static void nothing_is_zero(void **state)
{
    (void)state;
    struct kulisch sum;
    memset(&sum, 0xff, sizeof sum);
    kulisch_clear(&sum);
    assert_same_double(kulisch_round(&sum), 0.0);
    kulisch_add(&sum, -0.0);
    assert_same_double(kulisch_round(&sum), 0.0);
    kulisch_add_product(&sum, -0.0, 5);
    kulisch_add_array(&sum, NULL, 0);
    assert_same_double(kulisch_round(&sum), 0.0);
}

static void every_kind_of_data_sums_as_mpfr_says(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    uint64_t random = 1;
    for (int round = 0; round < 300; round++) {
        const size_t n = doubles_random(&random) % (round % 2 == 0 ? 12 : TERMS_MAX);
        doubles_fill(kind_of(round), &random, x, n);
        const struct kulisch sum = sum_of(x, NULL, n);
        assert_same_double(kulisch_round(&sum), true_sum(x, NULL, n));
        struct kulisch at_once = {0};
        kulisch_add_array(&at_once, x, n);
        assert_equal_sums(&at_once, &sum);
    }
}

static void products_are_not_rounded(void **state)
{
    (void)state;
    static double x[TERMS_MAX], y[TERMS_MAX];
    uint64_t random = 2;
    for (int round = 0; round < 300; round++) {
        const size_t n = doubles_random(&random) % (round % 2 == 0 ? 12 : TERMS_MAX / 4);
        doubles_fill(kind_of(round), &random, x, n);
        doubles_fill(kind_of(round / DOUBLES_KINDS), &random, y, n);
        const struct kulisch sum = sum_of(x, y, n);
        assert_same_double(kulisch_round(&sum), true_sum(x, y, n));
    }
    const double tiny[] = {DBL_TRUE_MIN, 0x1p-1000, 1}, small[] = {DBL_TRUE_MIN, 0x1p-100, 0x1p-53};
    const struct kulisch sum = sum_of(tiny, small, 3);
    assert_same_double(kulisch_round(&sum), 0x1p-53);
    const double large[] = {DBL_MAX, DBL_MAX, 3}, other[] = {DBL_MAX, -DBL_MAX, 1};
    const struct kulisch back = sum_of(large, other, 3);
    assert_same_double(kulisch_round(&back), 3.0);
}

static void any_order_split_and_detour_gives_the_same_sum(void **state)
{
    (void)state;
    static double x[TERMS_MAX], y[TERMS_MAX];
    uint64_t random = 3;
    for (int round = 0; round < 120; round++) {
        const size_t n = doubles_random(&random) % TERMS_MAX;
        doubles_fill(kind_of(round), &random, x, n);
        doubles_fill(kind_of(round / 3), &random, y, n);
        const struct kulisch whole = sum_of(x, y, n);

        struct kulisch merged = {0};
        for (size_t end = n; end > 0;) {
            const size_t wish = doubles_random(&random) % (round % 2 == 0 ? 20 : 1500);
            const size_t now = wish < end ? wish : end;
            const struct kulisch part = sum_of(x + end - now, y + end - now, now);
            kulisch_merge(&merged, &part);
            end -= now;
        }
        assert_equal_sums(&merged, &whole);

        struct kulisch detour = whole;
        for (size_t j = 0; j < n; j++) {
            kulisch_add(&detour, y[j]);
            kulisch_subtract_product(&detour, x[j], y[j]);
        }
        const struct kulisch rest = sum_of(y, NULL, n);
        assert_equal_sums(&detour, &rest);
        for (size_t j = 0; j < n; j++)
            kulisch_subtract(&detour, y[j]);
        const struct kulisch nothing = {0};
        assert_equal_sums(&detour, &nothing);
        kulisch_merge(&merged, &merged);
        kulisch_subtract_sum(&merged, &whole);
        assert_equal_sums(&merged, &whole);
        kulisch_subtract_sum(&merged, &merged);
        assert_equal_sums(&merged, &nothing);
    }
}

static void counts_go_to_any_exponent(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int round = 0; round < 3000; round++) {
        const int64_t count = (int64_t)doubles_random(&random) >> doubles_random(&random) % 64;
        const int exponent = (int)(doubles_random(&random) % 2046) - 1074;
        struct kulisch sum = {0};
        kulisch_add_units(&sum, count, exponent);
        mpfr_t number;
        mpfr_init2(number, 64);
        mpfr_set_sj_2exp(number, count, exponent, MPFR_RNDN);
        const double rounded = mpfr_zero_p(number) ? 0.0 : mpfr_get_d(number, MPFR_RNDN);
        mpfr_clear(number);
        assert_same_double(kulisch_round(&sum), rounded);
    }
}

static void a_sum_that_changes_its_sign_often_stays_right(void **state)
{
    (void)state;
    struct kulisch sum = {0};
    for (int k = 0; k < 100000; k++) {
        kulisch_add(&sum, k % 2 == 0 ? 0x1p-1000 : -0x1.8p-1000);
        kulisch_add(&sum, k % 3 == 0 ? 0x1p+900 : -0x1p899);
        kulisch_add_product(&sum, DBL_MAX, k % 2 == 0 ? DBL_MAX : -DBL_MAX);
    }
    /* 33334 * 2^900 - 66666 * 2^899, and crumbs */
    assert_same_double(kulisch_round(&sum), 0x1p900);
    kulisch_subtract(&sum, 0x1p900);
    assert_same_double(kulisch_round(&sum), -25000 * 0x1p-1000);
}

static void infinities_and_nan_are_counted(void **state)
{
    (void)state;
    struct kulisch sum = {0};
    kulisch_add(&sum, 2);
    kulisch_add(&sum, INFINITY);
    assert_same_double(kulisch_round(&sum), INFINITY);
    kulisch_add(&sum, -INFINITY);
    assert_true(isnan(kulisch_round(&sum)));
    kulisch_subtract(&sum, INFINITY);
    assert_same_double(kulisch_round(&sum), -INFINITY);
    kulisch_add(&sum, NAN);
    kulisch_add(&sum, -NAN);
    assert_true(isnan(kulisch_round(&sum)));
    const double nans[] = {NAN, -INFINITY};
    struct kulisch off = {0};
    kulisch_add_array(&off, nans, 2);
    kulisch_add_product(&off, 0, INFINITY);
    kulisch_subtract_sum(&sum, &off);
    assert_same_double(kulisch_round(&sum), 2.0);
    kulisch_add_product(&sum, -3, INFINITY);
    assert_same_double(kulisch_round(&sum), -INFINITY);
    kulisch_subtract_product(&sum, 7, -INFINITY);
    kulisch_subtract(&sum, INFINITY);
    assert_same_double(kulisch_round(&sum), -INFINITY);
    kulisch_add(&sum, INFINITY);
    assert_same_double(kulisch_round(&sum), 2.0);
}

static void what_is_saved_comes_back(void **state)
{
    (void)state;
    static double x[TERMS_MAX], y[TERMS_MAX];
    uint64_t random = 5;
    for (int round = 0; round < 400; round++) {
        const size_t n = doubles_random(&random) % 30;
        doubles_fill(kind_of(round), &random, x, n);
        doubles_fill(kind_of(round / 3), &random, y, n);
        struct kulisch sum = sum_of(x, round % 2 == 0 ? y : NULL, n), back;
        sum.infinities[0] = round % 5 - 2;
        sum.infinities[1] = round % 7 == 0 ? INT64_MIN : 0;
        sum.nans = round % 3;
        unsigned char bytes[SAVED_BYTES];
        const size_t length = saved_put(&sum, bytes);
        assert_int_equal(saved_get(&back, bytes, length), SAVED_WELL);
        assert_equal_sums(&sum, &back);
        char text[SAVED_TEXT];
        const size_t end = saved_print(&sum, text);
        assert_int_equal(strlen(text), end);
        assert_int_equal(saved_parse(&back, text, end), SAVED_WELL);
        assert_equal_sums(&sum, &back);
    }
}

static void assert_text(double x, double y, const char *expected)
{
    char text[SAVED_TEXT];
    struct kulisch sum = {0};
    kulisch_add_product(&sum, x, y);
    saved_print(&sum, text);
    assert_string_equal(text, expected);
}

static void text_is_hexadecimal_as_in_c(void **state)
{
    (void)state;
    assert_text(0, 1, "0x0p+0");
    assert_text(1, 1, "0x1p+0");
    assert_text(-3, 1, "-0x1.8p+1");
    assert_text(0.1, 1, "0x1.999999999999ap-4");
    assert_text(DBL_MAX, 1, "0x1.fffffffffffffp+1023");
    assert_text(-DBL_TRUE_MIN, DBL_TRUE_MIN, "-0x1p-2148");
    assert_text(INFINITY, 1, "0x0p+0 +inf:1");
    assert_text(-INFINITY, 1, "0x0p+0 -inf:1");
    assert_text(INFINITY, 0, "0x0p+0 nan:1");
}

static void other_text_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"",
                                 "0",
                                 "1",
                                 "0x",
                                 "0x1",
                                 "0x1p",
                                 "0x1p0",
                                 "0x1p+",
                                 "0x1p+00",
                                 "0x1.p+0",
                                 "0x1.0p+0",
                                 "0x1.80p+0",
                                 "0x2p+0",
                                 "0x0p+1",
                                 "-0x0p+0",
                                 "+0x1p+0",
                                 "0X1p+0",
                                 "0x1.Ap+0",
                                 "0x1.8p+0 ",
                                 " 0x1.8p+0",
                                 "0x1p-2163",
                                 "0x1.8p-2162",
                                 "0x1p+2126",
                                 "0x1p+99999999999999999999",
                                 "0x1p+0  +inf:1",
                                 "0x1p+0 +inf:0",
                                 "0x1p+0 +inf:",
                                 "0x1p+0 inf:1",
                                 "0x1p+0 -inf:1 +inf:1",
                                 "0x1p+0 nan:1 nan:1",
                                 "0x1p+0 nan:+1",
                                 "0x1p+0 nan:9999999999999999999"};
    struct kulisch sum;
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        if (saved_parse(&sum, texts[k], strlen(texts[k])) != SAVED_OTHERWISE)
            fail_msg("\"%s\" was read", texts[k]);
    }
    const char end[] = "0x1p+0";
    assert_int_equal(saved_parse(&sum, end, sizeof end), SAVED_OTHERWISE);
    assert_int_equal(saved_parse(&sum, end, sizeof end - 1), SAVED_WELL);
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    struct kulisch sum = {0}, back;
    kulisch_add(&sum, -1.0 / 3);
    kulisch_add(&sum, INFINITY);
    unsigned char bytes[SAVED_BYTES + 1] = {0};
    const size_t length = saved_put(&sum, bytes);
    for (size_t at = 0; at < length; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (unsigned char)(1 << bit);
            assert_int_not_equal(saved_get(&back, bytes, length), SAVED_WELL);
            bytes[at] ^= (unsigned char)(1 << bit);
        }
    }
    for (size_t cut = 0; cut < length; cut++)
        assert_int_equal(saved_get(&back, bytes, cut), SAVED_OTHERWISE);
    assert_int_equal(saved_get(&back, bytes, length + 1), SAVED_OTHERWISE);
    bytes[length - 1] ^= 1;
    assert_int_equal(saved_get(&back, bytes, length), SAVED_DAMAGED);
    bytes[4] = 2;
    assert_int_equal(saved_get(&back, bytes, length), SAVED_NEWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_zero),
        cmocka_unit_test(every_kind_of_data_sums_as_mpfr_says),
        cmocka_unit_test(products_are_not_rounded),
        cmocka_unit_test(any_order_split_and_detour_gives_the_same_sum),
        cmocka_unit_test(counts_go_to_any_exponent),
        cmocka_unit_test(a_sum_that_changes_its_sign_often_stays_right),
        cmocka_unit_test(infinities_and_nan_are_counted),
        cmocka_unit_test(what_is_saved_comes_back),
        cmocka_unit_test(text_is_hexadecimal_as_in_c),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(damaged_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
