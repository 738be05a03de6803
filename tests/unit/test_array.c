#include "exact/array.h"
#include "exact/saved.h"

#include "doubles.h"

#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

enum { TERMS_MAX = 9000 };

static double x[3 * TERMS_MAX], y[3 * TERMS_MAX];

static void assert_equal_sums(const struct kulisch *a, const struct kulisch *b)
{
    unsigned char of_a[SAVED_BYTES], of_b[SAVED_BYTES];
    const size_t length = saved_put(a, of_a);
    assert_int_equal(saved_put(b, of_b), length);
    assert_memory_equal(of_a, of_b, length);
}

/* Element after element: the slow, obvious twin. */
static void add_slowly(struct kulisch *sum, struct kulisch *products, size_t n, struct array a,
                       struct array b)
{
    for (size_t j = 0; j < n; j++) {
        const double one = a.x[(ptrdiff_t)j * a.stride], other = b.x[(ptrdiff_t)j * b.stride];
        kulisch_add(sum, one);
        kulisch_add_product(products, one, other);
    }
}

/* Holds all lanes that this CPU has against the twin. */
static void compare(size_t n, struct array a, struct array b)
{
    struct kulisch sum = {0}, products = {0}, squares = {0}, again = {0};
    add_slowly(&sum, &products, n, a, b);
    add_slowly(&again, &squares, n, a, a);
    size_t count;
    const struct lanes *const all = lanes_list(&count);
    for (size_t k = 0; k < count; k++) {
        struct kulisch got[4];
        memset(got, 0, sizeof got);
        array_add_with(&all[k], (struct array_sums){.sum = &got[0]}, n, a, a);
        array_add_with(&all[k], (struct array_sums){.products = &got[1]}, n, a, b);
        array_add_with(&all[k], (struct array_sums){&got[2], &got[3]}, n, a, a);
        assert_equal_sums(&got[0], &sum);
        assert_equal_sums(&got[1], &products);
        assert_equal_sums(&got[2], &sum);
        assert_equal_sums(&got[3], &squares);
    }
}

static size_t some_length(uint64_t *random)
{
    static const size_t lengths[] = {0,   1,   15,  16,   17,   63,   64,   65,   127, 128,
                                     511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049};
    const uint64_t choice = doubles_random(random) % 30;
    return choice < 19 ? lengths[choice] : doubles_random(random) % TERMS_MAX;
}

/* Doubles whose exponents lie within `spread` of `exponent` (a field), such as fit a window or just
   do not. */
static void fill_spread(uint64_t *random, double *to, size_t n, int exponent, int spread)
{
    for (size_t j = 0; j < n; j++) {
        const int low = exponent - spread < 0 ? 0 : exponent - spread;
        const int high = exponent + spread > 2046 ? 2046 : exponent + spread;
        to[j] = doubles_between(random, (uint64_t)low, (uint64_t)high);
    }
}

static void lanes_give_what_adding_one_by_one_gives(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 400; round++) {
        const size_t n = some_length(&random);
        doubles_fill((enum doubles_kind)(round % DOUBLES_KINDS), &random, x, n);
        doubles_fill((enum doubles_kind)(round / 3 % DOUBLES_KINDS), &random, y, n);
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

static void windows_of_any_place_and_width_are_right(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int round = 0; round < 1000; round++) {
        const size_t n = some_length(&random);
        const int spread = (int)(doubles_random(&random) % 100);
        const int place = round % 3 == 0 ? 1023 : (int)(doubles_random(&random) % 2047);
        const int other = round % 2 == 0 ? 1023 : (int)(doubles_random(&random) % 2047);
        fill_spread(&random, x, n, place, spread);
        fill_spread(&random, y, n, other, spread / 2);
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

/* Blocks are added up to the first with a float that is no multiple of the lanes' unit. */
static void floats_are_added_as_long_as_their_window_holds_them(void **state)
{
    (void)state;
    static float floats[TERMS_MAX];
    uint64_t random = 11;
    size_t count, taken_in_all = 0, left_in_all = 0;
    const struct lanes *const all = lanes_list(&count);
    for (int round = 0; round < 600; round++) {
        const size_t length = some_length(&random);
        const int spread = (int)(doubles_random(&random) % 30);
        const int place = 897 + (int)(doubles_random(&random) % 254);
        fill_spread(&random, x, length, place, round % 4 == 0 ? 0 : spread);
        for (size_t j = 0; j < length; j++)
            floats[j] = (float)(doubles_random(&random) % 50 == 0 ? 0 * x[j] : x[j]);
        for (size_t l = 0; l < count; l++) {
            const struct lanes *const lanes = &all[l];
            const size_t n = length / lanes->pair * lanes->pair;
            const int k = lanes->float_exponent(floats, n) - 127 + LANES_HEADROOM;
            int64_t units;
            const size_t taken = lanes->float_sum(floats, n, k, &units);
            struct kulisch expected = {0}, got = {0};
            for (size_t j = 0; j < taken; j++)
                kulisch_add(&expected, (double)floats[j]);
            kulisch_add_units(&got, units, k - 52);
            assert_equal_sums(&got, &expected);
            bool fits = true;
            for (size_t j = taken; j < n && j < taken + lanes->block; j++)
                fits = fits && fmod((double)floats[j], ldexp(1, k - 52)) == 0;
            assert_true(taken == n || (taken % lanes->block == 0 && !fits));
            taken_in_all += taken;
            left_in_all += n - taken;
        }
    }
    assert_true(taken_in_all > 100000 && left_in_all > 100000);
}

static void terms_that_only_just_do_not_fit_are_not_lost(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int apart = 0; apart < 200; apart++) {
        const size_t n = 3000;
        for (size_t j = 0; j < n; j++) {
            x[j] = 1 + (double)(doubles_random(&random) >> 12) * 0x1p-52;
            y[j] = 1 + (double)(doubles_random(&random) >> 12) * 0x1p-52;
        }
        for (int k = 0; k < 3; k++)
            x[doubles_random(&random) % n] = ldexp(1 + 0x1p-52, -apart);
        y[doubles_random(&random) % n] = ldexp(1 + 0x1p-52, apart);
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

static void products_that_vanish_or_lose_their_tail_are_not_lost(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int round = 0; round < 300; round++) {
        const size_t n = 64 + doubles_random(&random) % 3000;
        const int level = 1023 - (int)(doubles_random(&random) % 600);
        fill_spread(&random, x, n, level, 3);
        fill_spread(&random, y, n, level, 3);
        for (int k = 0; k < 20; k++) {
            x[doubles_random(&random) % n] = 0;
            y[doubles_random(&random) % n] = -0.0;
        }
        if (round % 2 == 0) {
            const size_t j = doubles_random(&random) % n;
            x[j] = DBL_TRUE_MIN * (double)(1 + doubles_random(&random) % 1000);
            y[j] = doubles_between(&random, 0, 1040);
        }
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

static void strides_and_places_make_no_difference(void **state)
{
    (void)state;
    uint64_t random = 5;
    static const ptrdiff_t strides[] = {1, 2, 3, -1, -2, 0};
    for (int round = 0; round < 300; round++) {
        const size_t n = some_length(&random) % (TERMS_MAX - 10);
        fill_spread(&random, x, 3 * TERMS_MAX, 1023, 20);
        fill_spread(&random, y, 3 * TERMS_MAX, 1000, 5);
        const ptrdiff_t sx = strides[round % 6], sy = strides[round / 6 % 6];
        const double *const from_x = x + (sx < 0 ? 2 * TERMS_MAX : round % 8);
        const double *const from_y = y + (sy < 0 ? 2 * TERMS_MAX : round % 5);
        compare(n, (struct array){from_x, sx}, (struct array){from_y, sy});
        compare(n, (struct array){from_x, sx}, (struct array){from_x, sx});
        compare(n, (struct array){x + TERMS_MAX, 1}, (struct array){x + TERMS_MAX, 0});
    }
}

static void a_long_array_may_begin_anywhere_in_a_line(void **state)
{
    (void)state;
    enum { LONG = 2 * TERMS_MAX };
    uint64_t random = 8;
    fill_spread(&random, x, 3 * TERMS_MAX, 1023, 20);
    fill_spread(&random, y, 3 * TERMS_MAX, 1000, 5);
    for (ptrdiff_t place = 0; place < 9; place++)
        compare(LONG, (struct array){x + place, 1}, (struct array){y + 3 * place % 8, 1});
}

static void infinities_and_nan_are_counted_wherever_they_are(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int round = 0; round < 100; round++) {
        const size_t n = 1 + doubles_random(&random) % 3000;
        fill_spread(&random, x, n, 1023, 5);
        fill_spread(&random, y, n, 1023, 5);
        const double special[] = {INFINITY, -INFINITY, NAN, 0};
        for (int k = 0; k < round % 5; k++) {
            x[doubles_random(&random) % n] = special[doubles_random(&random) % 4];
            y[doubles_random(&random) % n] = special[doubles_random(&random) % 4];
        }
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

static void compare_some(void)
{
    uint64_t random = 7;
    for (int round = 0; round < 40; round++) {
        const size_t n = some_length(&random);
        doubles_fill((enum doubles_kind)(round % DOUBLES_KINDS), &random, x, n);
        fill_spread(&random, y, n, 1023, round);
        compare(n, (struct array){x, 1}, (struct array){y, 1});
    }
}

static void the_modes_of_the_process_have_no_say_and_stay(void **state)
{
    (void)state;
    const int rounding[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (int k = 0; k < 3; k++) {
        fesetround(rounding[k]);
        compare_some();
        assert_int_equal(fegetround(), rounding[k]);
        fesetround(FE_TONEAREST);
    }
#if defined __SSE2__
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush to zero, and take subnormals for zero */
    if ((_mm_getcsr() & 0x8040) == 0)
        return; /* valgrind has one mode */
    compare_some();
    assert_int_equal(_mm_getcsr() & 0x8040, 0x8040);
    _mm_setcsr(before & ~0x1f80u & ~0x3fu); /* no exception is masked */
    fill_spread(&(uint64_t){8}, x, TERMS_MAX, 1023, 900);
    x[100] = INFINITY, x[5000] = NAN;
    struct kulisch sum = {0}, squares = {0};
    array_add((struct array_sums){&sum, &squares}, TERMS_MAX, (struct array){x, 1},
              (struct array){x, 1});
    const unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    assert_int_equal(after, before & ~0x1f80u & ~0x3fu);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_give_what_adding_one_by_one_gives),
        cmocka_unit_test(windows_of_any_place_and_width_are_right),
        cmocka_unit_test(floats_are_added_as_long_as_their_window_holds_them),
        cmocka_unit_test(terms_that_only_just_do_not_fit_are_not_lost),
        cmocka_unit_test(products_that_vanish_or_lose_their_tail_are_not_lost),
        cmocka_unit_test(strides_and_places_make_no_difference),
        cmocka_unit_test(a_long_array_may_begin_anywhere_in_a_line),
        cmocka_unit_test(infinities_and_nan_are_counted_wherever_they_are),
        cmocka_unit_test(the_modes_of_the_process_have_no_say_and_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
