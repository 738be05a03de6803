#include "exact/moments.h"
#include "exact/rational.h"

#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mpfr.h>

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

enum { EXACT_BITS = 20000 }; /* enough for all that is computed here without rounding */

static void open_number(mpfr_t number)
{
    mpfr_init2(number, EXACT_BITS);
    mpfr_set_zero(number, 1);
}

static void set_natural(mpfr_t to, const struct natural *number)
{
    mpfr_set_zero(to, 1);
    for (int k = number->length - 1; k >= 0; k--) {
        mpfr_mul_2ui(to, to, 64, MPFR_RNDN);
        assert_int_equal(mpfr_add_ui(to, to, number->limb[k], MPFR_RNDN), 0);
    }
}

/*
 * That x, not negative, is p / q, or its root, to nearest, ties to even. No rounded arithmetic:
 * with the middles m between x and its neighbours, m q (or m^2 q) is compared with p. Beyond the
 * largest double stands 2^1024.
 */
static void assert_nearest(double x, mpfr_t p, mpfr_t q, bool root)
{
    assert_false(isnan(x) || signbit(x));
    const uint64_t bits = doubles_bits(x);
    mpfr_t middle, next;
    open_number(middle);
    open_number(next);
    for (int up = 0; up < 2; up++) {
        if ((up == 0 && bits == 0) || (up == 1 && isinf(x)))
            continue;
        const double other = doubles_from_bits(up ? bits + 1 : bits - 1);
        if (isinf(x))
            mpfr_set_ui_2exp(middle, 1, 1024, MPFR_RNDN);
        else
            mpfr_set_d(middle, x, MPFR_RNDN);
        if (isinf(other))
            mpfr_set_ui_2exp(next, 1, 1024, MPFR_RNDN);
        else
            mpfr_set_d(next, other, MPFR_RNDN);
        mpfr_add(middle, middle, next, MPFR_RNDN);
        mpfr_div_2ui(middle, middle, 1, MPFR_RNDN);
        if (root)
            assert_int_equal(mpfr_sqr(middle, middle, MPFR_RNDN), 0);
        assert_int_equal(mpfr_mul(middle, middle, q, MPFR_RNDN), 0);
        const int side = mpfr_cmp(p, middle);
        assert_true(up ? side <= 0 : side >= 0);
        assert_true(side != 0 || bits % 2 == 0);
    }
    mpfr_clear(middle);
    mpfr_clear(next);
}

/* A random number of up to `bits` bits, at times with many zeros or ones. */
static void fill_natural(uint64_t *random, struct natural *number, int bits)
{
    const uint64_t kind = doubles_random(random) % 4;
    number->length = (bits + 63) / 64;
    for (int k = 0; k < number->length; k++)
        number->limb[k] = kind == 0 ? 0 : kind == 1 ? UINT64_MAX : doubles_random(random);
    if (number->length > 0 && bits % 64 != 0)
        number->limb[number->length - 1] &= (UINT64_C(1) << bits % 64) - 1;
    if (number->length > 0)
        number->limb[number->length - 1] |= UINT64_C(1) << (bits + 63) % 64;
}

static void natural_arithmetic_is_right(void **state)
{
    (void)state;
    uint64_t random = 1;
    mpfr_t a, b, c, d;
    open_number(a);
    open_number(b);
    open_number(c);
    open_number(d);
    for (int round = 0; round < 2000; round++) {
        struct natural x, y, z;
        fill_natural(&random, &x, (int)(doubles_random(&random) % 4000));
        fill_natural(&random, &y, (int)(doubles_random(&random) % 4000));
        set_natural(a, &x);
        set_natural(b, &y);
        const int order = natural_compare(&x, &y), true_order = mpfr_cmp(a, b);
        assert_int_equal(order, (true_order > 0) - (true_order < 0));
        natural_multiply(&z, &x, &y);
        mpfr_mul(c, a, b, MPFR_RNDN);
        set_natural(d, &z);
        assert_int_equal(mpfr_cmp(c, d), 0);
        natural_add(&z, &x, &y);
        mpfr_add(c, a, b, MPFR_RNDN);
        set_natural(d, &z);
        assert_int_equal(mpfr_cmp(c, d), 0);
        natural_subtract(&z, order < 0 ? &y : &x, order < 0 ? &x : &y);
        mpfr_sub(c, a, b, MPFR_RNDN);
        set_natural(d, &z);
        assert_int_equal(mpfr_cmpabs(c, d), 0);
        const int bits = (int)(doubles_random(&random) % 4000);
        natural_shift(&z, &x, bits);
        mpfr_mul_2ui(c, a, (unsigned long)bits, MPFR_RNDN);
        set_natural(d, &z);
        assert_int_equal(mpfr_cmp(c, d), 0);
        assert_int_equal(natural_bits(&z), z.length == 0 ? 0 : mpfr_get_exp(c));
        natural_subtract(&z, &x, &x);
        assert_int_equal(z.length, 0);
    }
    mpfr_clears(a, b, c, d, (mpfr_ptr)0);
}

static void quotients_and_roots_are_the_nearest_doubles(void **state)
{
    (void)state;
    uint64_t random = 2;
    mpfr_t p, q;
    open_number(p);
    open_number(q);
    for (int round = 0; round < 6000; round++) {
        struct natural numerator, divisor;
        const int bits = (int)(doubles_random(&random) % (round % 2 == 0 ? 300 : 4000));
        const int by = 1 + (int)(doubles_random(&random) % RATIONAL_DIVISOR_BITS);
        fill_natural(&random, &numerator, bits);
        fill_natural(&random, &divisor, by);
        /* Around 1, near the subnormals, near the largest double; for roots at twice the distance.
         */
        static const int places[] = {0, -1022, -1074, 1023};
        const int place = places[round % 4] + (int)(doubles_random(&random) % 8) - 4;
        for (int root = 0; root < 2; root++) {
            const int exponent = (1 + root) * place + by - bits;
            set_natural(p, &numerator);
            mpfr_mul_2si(p, p, exponent, MPFR_RNDN);
            set_natural(q, &divisor);
            assert_nearest(root ? rational_round_root(&numerator, &divisor, exponent)
                                : rational_round(false, &numerator, &divisor, exponent),
                           p, q, root != 0);
        }
    }
    mpfr_clears(p, q, (mpfr_ptr)0);
}

static void ties_and_what_is_just_beside_them_are_told_apart(void **state)
{
    (void)state;
    uint64_t random = 3;
    mpfr_t p, q;
    open_number(p);
    open_number(q);
    for (int round = 0; round < 3000; round++) {
        /* p / q = a middle between two doubles, or its square, and a crumb more or less. */
        struct natural middle, numerator, divisor, crumb;
        natural_set(&middle, (doubles_random(&random) >> 11 | UINT64_C(1) << 52) * 2 + 1);
        fill_natural(&random, &divisor, 1 + (int)(doubles_random(&random) % 190));
        natural_set(&crumb, 1);
        const int far = (int)(doubles_random(&random) % 500);
        static const int places[] = {-60, -1074 - 1, -1074 - 20, 970};
        for (int root = 0; root < 2; root++) {
            natural_multiply(&numerator, &middle, &divisor);
            if (root) {
                struct natural square;
                natural_multiply(&square, &numerator, &middle);
                numerator = square;
            }
            natural_shift(&numerator, &numerator, far);
            if (round % 3 == 0)
                natural_add(&numerator, &numerator, &crumb);
            if (round % 3 == 1)
                natural_subtract(&numerator, &numerator, &crumb);
            const int exponent = (1 + root) * places[round % 4] - far;
            set_natural(p, &numerator);
            mpfr_mul_2si(p, p, exponent, MPFR_RNDN);
            set_natural(q, &divisor);
            assert_nearest(root ? rational_round_root(&numerator, &divisor, exponent)
                                : rational_round(false, &numerator, &divisor, exponent),
                           p, q, root != 0);
        }
    }
    mpfr_clears(p, q, (mpfr_ptr)0);
}

static struct moment of(__int128 integer)
{
    struct moment moment;
    moment_from_integer(&moment, integer, 0);
    return moment;
}

static void statistics_of_integers_are_those_of_the_book(void **state)
{
    (void)state;
    const int64_t x[] = {2, 4, 4, 4, 5, 5, 7, 9};
    __int128 s = 0, q = 0;
    for (int k = 0; k < 8; k++) {
        s += x[k];
        q += x[k] * x[k];
    }
    const struct moment sum = of(s), squares = of(q);
    assert_same_double(moments_mean(&sum, 8), 5.0);
    assert_same_double(moments_variance(&sum, &squares, 8, 0), 4.0);
    assert_same_double(moments_variance(&sum, &squares, 8, 1), 32.0 / 7);
    assert_same_double(moments_deviation(&sum, &squares, 8, 0), 2.0);
    assert_same_double(moments_error(&sum, &squares, 8), 0x1.83091e6a7f7e7p-1); /* 2 / sqrt(7) */
    assert_same_double(moments_root(&squares, 8), sqrt(29.0));
    const struct moment minus = of(-s);
    assert_same_double(moments_mean(&minus, 8), -5.0);
    assert_same_double(moments_variance(&minus, &squares, 8, 0), 4.0);
}

static void sums_of_integers_of_any_size_are_taken_whole(void **state)
{
    (void)state;
    const __int128 most = (__int128)((unsigned __int128)-1 >> 1), least = -most - 1;
    const __int128 samples[] = {0,    1, -1, most, least, (__int128)1 << 64, -((__int128)1 << 64),
                                12345};
    mpfr_t p, q;
    open_number(p);
    open_number(q);
    mpfr_set_ui(q, 3, MPFR_RNDN);
    for (int a = 0; a < 8; a++) {
        for (int b = 0; b < 8; b++) {
            const __int128 low = samples[a], high = samples[b] / 2;
            struct moment moment;
            moment_from_integer(&moment, low, high);
            mpfr_set_sj(p, (int64_t)(high >> 64), MPFR_RNDN);
            mpfr_mul_2ui(p, p, 64, MPFR_RNDN);
            mpfr_add_ui(p, p, (uint64_t)high, MPFR_RNDN);
            mpfr_mul_2ui(p, p, 64, MPFR_RNDN);
            mpfr_t part;
            open_number(part);
            mpfr_set_sj(part, (int64_t)(low >> 64), MPFR_RNDN);
            mpfr_mul_2ui(part, part, 64, MPFR_RNDN);
            mpfr_add_ui(part, part, (uint64_t)low, MPFR_RNDN);
            mpfr_add(p, p, part, MPFR_RNDN);
            mpfr_clear(part);
            const double mean = moments_mean(&moment, 3);
            if (mpfr_sgn(p) != 0)
                assert_int_equal(signbit(mean) != 0, mpfr_sgn(p) < 0);
            mpfr_abs(p, p, MPFR_RNDN);
            assert_nearest(fabs(mean), p, q, false);
        }
    }
    mpfr_clears(p, q, (mpfr_ptr)0);
}

static void what_has_no_value_is_nan(void **state)
{
    (void)state;
    const struct moment zero = of(0), four = of(4), minus = of(-4);
    assert_true(isnan(moments_mean(&four, 0)));
    assert_true(isnan(moments_variance(&zero, &zero, 0, 0)));
    assert_true(isnan(moments_variance(&four, &four, 1, 1)));
    assert_true(isnan(moments_variance(&four, &four, 1, 2)));
    assert_true(isnan(moments_variance(&four, &four, 2, 0))); /* squares are 8 at least */
    assert_true(isnan(moments_deviation(&zero, &minus, 2, 0)));
    assert_true(isnan(moments_error(&four, &four, 1)));
    assert_true(isnan(moments_root(&minus, 1)));
    assert_true(isnan(moments_root(&four, 0)));
    assert_same_double(moments_variance(&zero, &zero, 5, 1), 0.0);
    assert_same_double(moments_deviation(&zero, &zero, 5, 1), 0.0);
    assert_same_double(moments_mean(&zero, 5), 0.0);
}

/* x[0] + .. as a moment, and of squares. */
static void sums_of(const double *x, size_t n, struct moment *sum, struct moment *squares)
{
    struct kulisch first = {0}, second = {0};
    for (size_t j = 0; j < n; j++) {
        kulisch_add(&first, x[j]);
        kulisch_add_product(&second, x[j], x[j]);
    }
    moment_from_kulisch(sum, &first);
    moment_from_kulisch(squares, &second);
}

static void variances_of_doubles_are_the_nearest_doubles(void **state)
{
    (void)state;
    static double x[300];
    uint64_t random = 4;
    mpfr_t p, q, s, term;
    open_number(p);
    open_number(q);
    open_number(s);
    open_number(term);
    for (int round = 0; round < 400; round++) {
        const size_t n = 2 + doubles_random(&random) % 300 % 298, ddof = (size_t)round % 2;
        doubles_fill((enum doubles_kind)(round % DOUBLES_KINDS), &random, x, n);
        for (size_t j = 0; round % 3 == 0 && j < n; j++)
            x[j] = 1e15 + (double)(doubles_random(&random) % 8);
        struct moment sum, squares;
        sums_of(x, n, &sum, &squares);
        mpfr_set_zero(p, 1);
        mpfr_set_zero(s, 1);
        for (size_t j = 0; j < n; j++) {
            mpfr_set_d(term, x[j], MPFR_RNDN);
            mpfr_add(s, s, term, MPFR_RNDN);
            mpfr_sqr(term, term, MPFR_RNDN);
            mpfr_add(p, p, term, MPFR_RNDN);
        }
        mpfr_mul_ui(p, p, n, MPFR_RNDN);
        mpfr_set_ui(q, n, MPFR_RNDN);
        mpfr_mul_ui(q, q, n - ddof, MPFR_RNDN);
        mpfr_sqr(term, s, MPFR_RNDN);
        assert_int_equal(mpfr_sub(p, p, term, MPFR_RNDN), 0);
        assert_nearest(moments_variance(&sum, &squares, n, ddof), p, q, false);
        assert_nearest(moments_deviation(&sum, &squares, n, ddof), p, q, true);
        if (ddof == 1) {
            mpfr_mul_ui(q, q, n, MPFR_RNDN);
            assert_nearest(moments_error(&sum, &squares, n), p, q, true);
        }
    }
    mpfr_clears(p, q, s, term, (mpfr_ptr)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(natural_arithmetic_is_right),
        cmocka_unit_test(quotients_and_roots_are_the_nearest_doubles),
        cmocka_unit_test(ties_and_what_is_just_beside_them_are_told_apart),
        cmocka_unit_test(statistics_of_integers_are_those_of_the_book),
        cmocka_unit_test(sums_of_integers_of_any_size_are_taken_whole),
        cmocka_unit_test(what_has_no_value_is_nan),
        cmocka_unit_test(variances_of_doubles_are_the_nearest_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
