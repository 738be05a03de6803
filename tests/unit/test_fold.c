/* Loops over arrays, and what is folded of them, against loops that anybody would write. */
#include "check.h"
#include "doubles.h"
#include "exact/fold.h"
#include "exact/lanes.h"

/* Each kind of vectors: the program itself has the best one alone. */
const struct vectors *vectors_of_this_test(void);
#define vectors_best vectors_of_this_test
#include "exact/vectors.c"
#undef vectors_best

#include <math.h>
#include <stdlib.h>

static int64_t whole[VECTORS_MAX];
static double real[VECTORS_MAX];
static int128 wide[VECTORS_MAX];

/* Those that this CPU has, and the one that the program takes. */
static size_t list_vectors(const struct vectors *all[4])
{
    size_t count = 0;
    all[count++] = vectors_best();
    all[count++] = &vectors_baseline;
#if defined __x86_64__
    if (__builtin_cpu_supports("avx2"))
        all[count++] = &vectors_avx2;
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        all[count++] = &vectors_avx512;
#endif
    return count;
}

static size_t some_length(uint64_t *random)
{
    static const size_t lengths[] = {1, 2, 7, 8, 31, 32, 33, 63, 64, 65, 2047, VECTORS_MAX};
    const size_t choice = check_random(random) % 16;
    return choice < 12 ? lengths[choice] : 1 + check_random(random) % VECTORS_MAX;
}

/* Integers of at most `bits` bits, of both signs or, so that their sum is large, of one. */
static void fill(uint64_t *random, size_t n, unsigned bits)
{
    const bool both = check_random(random) % 2;
    for (size_t j = 0; j < n; j++) {
        const int64_t magnitude = (int64_t)(check_random(random) >> (64 - bits));
        whole[j] = !both || check_random(random) % 2 ? magnitude : -magnitude;
    }
}

static void compare_integers(const struct vectors *vectors, size_t n, unsigned bits)
{
    int64_t ends[2], least = INT64_MAX, greatest = INT64_MIN;
    uint64_t least_natural = UINT64_MAX, greatest_natural = 0, sum = 0;
    uint128 squares = 0;
    for (size_t j = 0; j < n; j++) {
        const int64_t x = whole[j];
        least = x < least ? x : least;
        greatest = x > greatest ? x : greatest;
        least_natural = (uint64_t)x < least_natural ? (uint64_t)x : least_natural;
        greatest_natural = (uint64_t)x > greatest_natural ? (uint64_t)x : greatest_natural;
        sum += (uint64_t)x;
        squares += (uint128)((int128)x * x);
    }
    vectors->ends(whole, n, 0, ends);
    assert_true(ends[0] == least && ends[1] == greatest);
    vectors->ends(whole, n, INT64_MIN, ends);
    assert_true((uint64_t)(ends[0] ^ INT64_MIN) == least_natural);
    assert_true((uint64_t)(ends[1] ^ INT64_MIN) == greatest_natural);
    assert_true((uint64_t)vectors->sum(whole, n) == sum);
    if (bits <= 26)
        assert_true((uint64_t)vectors->squares(whole, n) == squares);
    if (bits <= 31) {
        uint64_t sums[2];
        vectors->wide_squares(whole, n, sums);
        assert_int128_equal((int128)sums[0] + ((int128)sums[1] << 32), (int128)squares);
    }
}

static void all_vectors_give_what_plain_loops_give(void **state)
{
    (void)state;
    static const unsigned sizes[] = {1, 4, 26, 31, 52, 64};
    const struct vectors *all[4];
    const size_t count = list_vectors(all);
    uint64_t random = 1;
    for (int round = 0; round < 300; round++) {
        const size_t n = some_length(&random);
        const unsigned bits = sizes[round % 6];
        fill(&random, n, bits);
        for (size_t k = 0; k < count; k++)
            compare_integers(all[k], n, bits);
    }
}

static void the_first_is_found_or_none(void **state)
{
    (void)state;
    const struct vectors *all[4];
    const size_t count = list_vectors(all);
    uint64_t random = 2;
    for (int round = 0; round < 300; round++) {
        const size_t n = some_length(&random), first = check_random(&random) % n;
        for (size_t j = 0; j < n; j++) {
            whole[j] = j < first ? 5 : 6 + (int64_t)(check_random(&random) % 2);
            real[j] = j < first ? 5 : check_random(&random) % 2 ? 0.0 : -0.0;
        }
        whole[first] = 7;
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(all[k]->find(whole, n, 7), first);
            assert_int_equal(all[k]->find(whole, n, 8), n);
            assert_int_equal(all[k]->real_find(real, n, 0.0), first);
            assert_int_equal(all[k]->real_find(real, n, -0.0), first);
            assert_int_equal(all[k]->real_find(real, n, NAN), n);
        }
    }
}

static void ends_of_reals_are_in_their_order(void **state)
{
    (void)state;
    static const double ordered[] = {-INFINITY, -DBL_MAX, -1, -DBL_TRUE_MIN, -0.0,
                                     0.0,       1e-310,   1,  DBL_MAX,       INFINITY};
    enum { ORDERED = sizeof ordered / sizeof *ordered };
    const struct vectors *all[4];
    const size_t count = list_vectors(all);
    uint64_t random = 3;
    for (int round = 0; round < 300; round++) {
        const size_t n = some_length(&random);
        size_t least = ORDERED, greatest = 0;
        for (size_t j = 0; j < n; j++) {
            const size_t choice = check_random(&random) % ORDERED;
            real[j] = ordered[choice];
            least = choice < least ? choice : least;
            greatest = choice > greatest ? choice : greatest;
        }
        for (size_t k = 0; k < count; k++) {
            int64_t ends[2];
            all[k]->real_ends(real, n, ends);
            const uint64_t low = (uint64_t)vectors_order(ends[0]),
                           high = (uint64_t)vectors_order(ends[1]);
            assert_true(low == doubles_bits(ordered[least]));
            assert_true(high == doubles_bits(ordered[greatest]));
        }
    }
}

/* What is in the making of one array, of each kind that there is. */
struct made {
    _Alignas(16) unsigned char sum[sizeof(struct kulisch) + 8], squares[sizeof(struct kulisch) + 8];
    struct extreme least, greatest;
};

static struct fold_parts parts_of(struct made *made)
{
    return (struct fold_parts){made->sum, made->squares, &made->least, &made->greatest, true};
}

static enum exact_kind squares_kind(enum fold_type type)
{
    return type == FOLD_REAL       ? EXACT_PRODUCTS
           : type <= FOLD_UNSIGNED ? EXACT_NATURAL
                                   : EXACT_SQUARES;
}

static enum exact_kind sum_kind(enum fold_type type)
{
    return type == FOLD_REAL ? EXACT_PRODUCTS : fold_kind(type);
}

static unsigned what_of(enum fold_type type)
{
    return type == FOLD_REAL ? EXTREME_REAL : type == FOLD_NATURAL ? EXTREME_NATURAL : 0;
}

/* A square of up to 256 bits, from products of 32 bits. */
static void add_square(struct exact_squares *to, uint128 x)
{
    for (unsigned a = 0; a < 4; a++)
        for (unsigned b = 0; b < 4; b++) {
            const uint64_t product = (uint64_t)(uint32_t)(x >> 32 * a) * (uint32_t)(x >> 32 * b);
            const uint128 shifted = (uint128)product << (a + b) % 2 * 32;
            to->limb[(a + b) / 2] += (uint64_t)shifted;
            if (shifted >> 64)
                to->limb[(a + b) / 2 + 1] += shifted >> 64;
        }
}

/* Value after value. */
static void fold_slowly(enum fold_type type, const void *x, size_t n, struct fold_place place,
                        struct made *made)
{
    struct exact_wide *const sum = (void *)made->sum, *const squares = (void *)made->squares;
    for (size_t j = 0; j < n; j++) {
        struct extreme it = {.i = place.start + (int64_t)j, .run = place.run};
        if (type == FOLD_REAL) {
            it.value.real = ((const double *)x)[j];
            kulisch_add((void *)made->sum, it.value.real);
            kulisch_add_product((void *)made->squares, it.value.real, it.value.real);
        } else {
            const int128 number = type == FOLD_SIGNED     ? ((const int64_t *)x)[j]
                                  : type == FOLD_UNSIGNED ? ((const uint64_t *)x)[j]
                                                          : ((const int128 *)x)[j];
            const uint128 magnitude =
                type != FOLD_NATURAL && number < 0 ? 0 - (uint128)number : (uint128)number;
            it.value.integer = number;
            if (type <= FOLD_UNSIGNED) {
                const uint128 square = magnitude * magnitude;
                *(int128 *)made->sum += number;
                squares->low += (uint64_t)square;
                squares->high += (int128)(square >> 64);
            } else {
                sum->low += (uint64_t)number;
                sum->high += type == FOLD_WIDE ? number >> 64 : (int128)((uint128)number >> 64);
                add_square((void *)made->squares, magnitude);
            }
        }
        extreme_merge(what_of(type), &made->least, &it);
        extreme_merge(what_of(type) | EXTREME_GREATEST, &made->greatest, &it);
    }
}

static void assert_same(enum fold_type type, struct made *a, struct made *b)
{
    char text_a[EXACT_SAVED], text_b[EXACT_SAVED];
    exact_save(sum_kind(type), a->sum, text_a);
    exact_save(sum_kind(type), b->sum, text_b);
    assert_string_equal(text_a, text_b);
    exact_save(squares_kind(type), a->squares, text_a);
    exact_save(squares_kind(type), b->squares, text_b);
    assert_string_equal(text_a, text_b);
    assert_memory_equal(&a->least, &b->least, sizeof a->least);
    assert_memory_equal(&a->greatest, &b->greatest, sizeof a->greatest);
}

/* Fills the array of a type, with values of some range, and many equal ones now and then. */
static const void *fill_type(uint64_t *random, enum fold_type type, size_t n)
{
    static const unsigned sizes[] = {2, 26, 31, 40, 52, 60, 64};
    const size_t range = check_random(random) % 7;
    fill(random, n, sizes[range]);
    for (size_t j = 0; j < n; j++) {
        wide[j] =
            range < 2 ? whole[j] : (int128)whole[j] * (1 + (int64_t)(check_random(random) >> 1));
        real[j] = range < 2 ? (double)(whole[j] % 3) * -0.0
                            : doubles_between(random, 1023 - 170 * (range - 1), 1023 + 100 * range);
    }
    return type == FOLD_REAL       ? (const void *)real
           : type <= FOLD_UNSIGNED ? whole
                                   : (const void *)wide;
}

static void groups_are_folded_as_value_after_value(void **state)
{
    (void)state;
    struct fold_window window = {.found = false};
    uint64_t random = 4;
    for (int round = 0; round < 400; round++) {
        const enum fold_type type = (enum fold_type)(round % 5);
        struct made fast, slow;
        memset(&fast, 0, sizeof fast);
        memset(&slow, 0, sizeof slow);
        const struct fold_parts parts = parts_of(&fast);
        const uint64_t first = check_random(&random) % 6, step = round % 2 ? 1 : 5;
        for (uint64_t group = 0; group < 3; group++) { /* out of order, as threads have them */
            const uint64_t slot = (first + group * step) % 6;
            const struct fold_place place = {1 + (int64_t)(slot / 3),
                                             (int64_t)(slot % 3) * 5000 - 5000};
            const size_t n = some_length(&random);
            const void *const x = fill_type(&random, type, n);
            assert_int_equal(fold(type, x, n, place, &parts, round % 3 ? &window : NULL), n);
            fold_slowly(type, x, n, place, &slow);
        }
        assert_same(type, &fast, &slow);
    }
}

static void a_special_value_is_told(void **state)
{
    (void)state;
    static const double special[] = {INFINITY, -INFINITY, NAN, -NAN};
    struct fold_window window = {.found = false};
    for (size_t k = 0; k < 4; k++) {
        struct made made;
        memset(&made, 0, sizeof made);
        const struct fold_parts parts = parts_of(&made);
        for (size_t j = 0; j < VECTORS_MAX; j++)
            real[j] = (double)(j + 1);
        for (size_t bad = 37; bad < VECTORS_MAX; bad += 500) {
            const struct fold_place place = {1, 0};
            assert_int_equal(fold(FOLD_REAL, real, VECTORS_MAX, place, &parts, &window),
                             VECTORS_MAX);
            real[bad] = real[VECTORS_MAX - 1] = special[k];
            assert_int_equal(fold(FOLD_REAL, real, VECTORS_MAX, place, &parts, &window), bad);
            assert_int_equal(fold(FOLD_REAL, real, VECTORS_MAX, place, &parts, NULL), bad);
            real[bad] = real[VECTORS_MAX - 1] = 5;
        }
        assert_int_equal(fold(FOLD_REAL, &special[k], 1, (struct fold_place){1, 0}, &parts, NULL),
                         0);
    }
}

/* What lanes have counted, as a sum. */
static void add_units(struct kulisch *sum, const int64_t units[3], int k)
{
    for (int j = 0; j < 3; j++)
        kulisch_add_units(sum, units[j], k - 52 - j * LANES_APART);
}

/* All in one pass, as far as values fit the windows. Returns of how many. */
static size_t compare_moments(const struct lanes *lanes, size_t n)
{
    const int k_squares = lanes->exponent(real, real, n) - 1023 + LANES_HEADROOM;
    int64_t units[9];
    double ends[2];
    struct made fast, slow;
    memset(&fast, 0, sizeof fast);
    memset(&slow, 0, sizeof slow);
    const size_t done = lanes->moments(real, n, k_squares, units, ends);
    if (done == 0)
        return 0;
    add_units((void *)fast.sum, units, lanes_moments_plain(k_squares));
    add_units((void *)fast.squares, units + 3, k_squares);
    add_units((void *)fast.squares, units + 6, k_squares - LANES_LOWER);
    fold_slowly(FOLD_REAL, real, done, (struct fold_place){1, 0}, &slow);
    fast.least = slow.least; /* lanes have no places */
    fast.greatest = slow.greatest;
    assert_same(FOLD_REAL, &fast, &slow);
    assert_true(ends[0] == slow.least.value.real && ends[1] == slow.greatest.value.real);
    return done;
}

static void moments_of_all_lanes_are_those_of_plain_loops(void **state)
{
    (void)state;
    size_t count;
    const struct lanes *const all = lanes_list(&count);
    uint64_t random = 5;
    for (size_t which = 0; which < count; which++) {
        size_t done = 0, given = 0;
        for (int round = 0; round < 200; round++) {
            const size_t pair = all[which].pair,
                         n = (some_length(&random) + pair - 1) / pair * pair;
            const uint64_t middle = 800 + check_random(&random) % 450,
                           spread = (uint64_t)round % 30;
            for (size_t j = 0; j < n; j++)
                real[j] = doubles_between(&random, middle - spread, middle);
            given += n;
            done += compare_moments(&all[which], n);
        }
        assert_in_range(done, given / 2, given);
    }
}

/* Zeros of both signs among them, with places and without. */
static void reals_one_by_one_give_what_they_give_together(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int round = 0; round < 200; round++) {
        const size_t n = some_length(&random);
        struct made together, one_by_one;
        memset(&together, 0, sizeof together);
        memset(&one_by_one, 0, sizeof one_by_one);
        struct fold_parts whole_parts = parts_of(&together), parts = parts_of(&one_by_one);
        whole_parts.places = parts.places = round % 2;
        for (size_t j = 0; j < n; j++)
            real[j] = doubles_between(&random, 0, 2046) * (round % 4 < 2 ? 0 : 1);
        fold(FOLD_REAL, real, n, (struct fold_place){3, 1000}, &whole_parts, NULL);
        for (size_t j = n; j-- > 0;)
            assert_int_equal(fold(FOLD_REAL, &real[j], 1, (struct fold_place){3, 1000 + (int64_t)j},
                                  &parts, NULL),
                             1);
        assert_same(FOLD_REAL, &together, &one_by_one);
    }
}

/* Some elements are not a whole number of vectors, and one is too large for the window of the rest.
 */
static void an_extreme_behind_what_fits_a_window_has_its_place(void **state)
{
    (void)state;
    for (size_t n = 1; n < 300; n++) {
        struct fold_window window = {.found = false};
        struct made made;
        memset(&made, 0, sizeof made);
        const struct fold_parts parts = parts_of(&made);
        for (size_t j = 0; j < n; j++)
            real[j] = (double)(j + 1);
        fold(FOLD_REAL, real, n, (struct fold_place){1, 1000}, &parts, &window);
        assert_int_equal(made.greatest.i, 1000 + n - 1);
        real[n - 1] = -1e300;
        fold(FOLD_REAL, real, n, (struct fold_place){1, 2000}, &parts, &window);
        assert_int_equal(made.least.i, 2000 + n - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_vectors_give_what_plain_loops_give),
        cmocka_unit_test(the_first_is_found_or_none),
        cmocka_unit_test(ends_of_reals_are_in_their_order),
        cmocka_unit_test(groups_are_folded_as_value_after_value),
        cmocka_unit_test(a_special_value_is_told),
        cmocka_unit_test(moments_of_all_lanes_are_those_of_plain_loops),
        cmocka_unit_test(reals_one_by_one_give_what_they_give_together),
        cmocka_unit_test(an_extreme_behind_what_fits_a_window_has_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
