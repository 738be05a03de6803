#include "check.h"
#include "inside.h"

#include "term/inside/term_random.h"

#include <math.h>
#if defined __has_include
#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#define HAVE_RANDOM123
#endif
#endif

/* From the file kat_vectors of Random123, "philox4x32 10": counter, key, and what comes of them. */
static void known_answers_of_philox_come_out(void **state)
{
    (void)state;
    static const uint64_t answers[][5] = {
        {0, 0, 0, 0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, 0x41c83b0e408f276d, 0x6d5451fda20bc7c6},
        {0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, 0x94fdccebd16cfe09,
         0x24126ea15001e420},
    };
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
        parsum_seed = answers[k][2];
        const struct parsum_block block = parsum_philox(answers[k][0], answers[k][1]);
        assert_true(block.low == answers[k][3]);
        assert_true(block.high == answers[k][4]);
    }
}

#ifdef HAVE_RANDOM123
static void random123_makes_the_same_blocks(void **state)
{
    (void)state;
    uint64_t stream = 1;
    for (int k = 0; k < 100000; k++) {
        const uint64_t low = check_random(&stream), high = check_random(&stream);
        parsum_seed = check_random(&stream);
        const philox4x32_ctr_t counter = {
            {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)}};
        const philox4x32_key_t key = {{(uint32_t)parsum_seed, (uint32_t)(parsum_seed >> 32)}};
        const philox4x32_ctr_t made = philox4x32(counter, key);
        const struct parsum_block block = parsum_philox(low, high);
        assert_true(block.low == (made.v[0] | (uint64_t)made.v[1] << 32));
        assert_true(block.high == (made.v[2] | (uint64_t)made.v[3] << 32));
    }
}
#endif

static void draws_are_the_halves_of_blocks(void **state)
{
    (void)state;
    parsum_seed = 7;
    for (int64_t i = -5; i < 5; i++)
        for (int64_t k = -4; k < 6; k++) {
            const struct parsum_block block = parsum_philox((uint64_t)i, (uint64_t)k >> 1);
            const uint64_t bits = k & 1 ? block.high : block.low;
            assert_true(parsum_random_bits(i, k) == bits);
            assert_true(parsum_uniform(i, k) == (double)(bits >> 11) * 0x1p-53);
        }
    assert_true(parsum_unit(0) == 0);
    assert_true(parsum_unit(UINT64_MAX) == 1 - 0x1p-53);
    assert_true(parsum_unit(UINT64_C(1) << 11) == 0x1p-53);
    assert_true(parsum_unit((UINT64_C(1) << 11) - 1) == 0);
    assert_true(parsum_unit(UINT64_C(1) << 63) == 0.5);
}

/* With n = 3 * 2^62 one draw in four is refused, and the numbers below 2^62 would come too often.
 */
static void numbers_below_n_have_equal_chances(void **state)
{
    (void)state;
    enum { DRAWS = 300000 };
    const uint64_t n = UINT64_C(3) << 62;
    int counts[3] = {0}, small[7] = {0};
    parsum_seed = 1;
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t large = parsum_random_below(i, 5, n);
        assert_true(large < n);
        counts[large >> 62]++;
        const int64_t x = parsum_random_below(i, i, (int64_t)7);
        assert_in_range(x, 0, 6);
        small[x]++;
        assert_int_equal(parsum_random_below(i, 0, 1), 0);
    }
    for (int k = 0; k < 3; k++) /* the standard deviation is 258 */
        assert_in_range(counts[k], 100000 - 1300, 100000 + 1300);
    for (int k = 0; k < 7; k++) /* 192 */
        assert_in_range(small[k], 42857 - 960, 42857 + 960);
    assert_int_equal(inside_refused, 0);
    assert_int_equal(parsum_random_below(0, 0, 0) + parsum_random_below(0, 0, -3), 0);
    assert_int_equal(inside_refused, 2);
    inside_refused = 0;
}

/* The draw that is refused goes on with the block that the generator makes of its block. */
static void a_refused_draw_takes_the_next_block(void **state)
{
    (void)state;
    const uint64_t n = UINT64_C(3) << 62;
    int refused = 0;
    parsum_seed = 1;
    for (uint64_t i = 0; i < 1000; i++) {
        struct parsum_block block = parsum_philox(i, 0);
        while ((uint64_t)((unsigned __int128)block.high * n) < (0 - n) % n) {
            block = parsum_philox(block.low, block.high);
            refused++;
        }
        assert_true(parsum_random_below(i, 1, n) ==
                    (uint64_t)((unsigned __int128)block.high * n >> 64));
    }
    assert_in_range(refused, 250, 420); /* a third of 1000 */
}

enum { NORMALS = 200000 };

static void normal_numbers_are_those_of_box_and_muller(void **state)
{
    (void)state;
    const long double pi = 3.14159265358979323846264338327950288L;
    parsum_seed = 3;
    for (int64_t i = 0; i < NORMALS; i++) {
        const struct parsum_block block = parsum_philox((uint64_t)i, 1);
        const long double u = (long double)((block.low >> 11) + 1) * 0x1p-53L,
                          angle = 2 * pi * (long double)(block.high >> 10) * 0x1p-54L,
                          radius = sqrtl(-2 * logl(u));
        assert_true(fabsl(parsum_normal(i, 2) - radius * cosl(angle)) < 2e-15L);
        assert_true(fabsl(parsum_normal(i, 3) - radius * sinl(angle)) < 2e-15L);
    }
}

static void the_logarithm_is_right_at_its_ends(void **state)
{
    (void)state;
    assert_true(parsum_random_log(1) == 0);
    assert_true(parsum_random_log(1 - 0x1p-53) == -0x1p-53);
    assert_true(fabs(parsum_random_log(0x1p-53) + 53 * 0.69314718055994530942) < 1e-14);
    for (int k = 1; k < 1000; k++) {
        const double x = (double)k / 1000;
        assert_true(fabsl(parsum_random_log(x) - logl((long double)x)) <=
                    0x1p-52L * fabsl(logl((long double)x)));
    }
}

/* The same bits, whatever compiler, options and CPU: this test is compiled in several ways. */
static void normal_numbers_have_these_bits(void **state)
{
    (void)state;
    static double x[NORMALS];
    parsum_seed = 12345;
    for (int64_t i = 0; i < NORMALS; i++)
        x[i] = parsum_normal(i, 7);
    uint64_t hash = 0;
    int positive = 0;
    for (int64_t i = 0; i < NORMALS; i++) {
        hash = (hash ^ parsum_to_bits(x[i])) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        positive += x[i] > 0;
    }
    if (hash != UINT64_C(0xa487c2ada503ab82))
        fail_msg("the hash is %#llx", (unsigned long long)hash);
    assert_in_range(positive, NORMALS / 2 - 1100, NORMALS / 2 + 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers_of_philox_come_out),
#ifdef HAVE_RANDOM123
        cmocka_unit_test(random123_makes_the_same_blocks),
#endif
        cmocka_unit_test(draws_are_the_halves_of_blocks),
        cmocka_unit_test(numbers_below_n_have_equal_chances),
        cmocka_unit_test(a_refused_draw_takes_the_next_block),
        cmocka_unit_test(normal_numbers_are_those_of_box_and_muller),
        cmocka_unit_test(the_logarithm_is_right_at_its_ends),
        cmocka_unit_test(normal_numbers_have_these_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
