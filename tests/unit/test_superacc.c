#include "exact/superacc.h"

#include "doubles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mpfr.h>

enum { TERMS_MAX = 3000 };

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

static struct superacc sum_of(const double *x, size_t n)
{
    struct superacc sum;
    superacc_clear(&sum);
    for (size_t j = 0; j < n; j++) {
        superacc_add(&sum, x[j]);
    }
    return sum;
}

static double rounded_sum(const double *x, size_t n)
{
    const struct superacc sum = sum_of(x, n);
    return superacc_round(&sum);
}

#define SUM(...)                                                                                   \
    rounded_sum((const double[]){__VA_ARGS__}, sizeof(double[]){__VA_ARGS__} / sizeof(double))

/* The sum of x[0] to x[n-1], rounded once by MPFR; +0 where it is 0. */
static double true_sum(const double *x, size_t n)
{
    mpfr_t sum;
    mpfr_init2(sum, 2300); /* bits for any double, 2098, and 64 for the count */
    mpfr_set_zero(sum, 1);
    for (size_t j = 0; j < n; j++) {
        mpfr_add_d(sum, sum, x[j], MPFR_RNDN);
    }
    const double rounded = mpfr_get_d(sum, MPFR_RNDN);
    mpfr_clear(sum);
    return rounded;
}

static void assert_equal_bytes(struct superacc a, struct superacc b)
{
    superacc_normalize(&a);
    superacc_normalize(&b);
    assert_memory_equal(&a, &b, sizeof a);
}

static void nothing_sums_to_positive_zero(void **state)
{
    (void)state;
    struct superacc sum;
    superacc_clear(&sum);
    assert_same_double(superacc_round(&sum), 0.0);
    assert_same_double(SUM(-0.0, -0.0), 0.0);
    assert_same_double(SUM(1e300, -1e300), 0.0);
    assert_same_double(SUM(-5e-324, 5e-324), 0.0);
}

static void a_single_term_comes_back_as_it_was(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (uint64_t exponent = 0; exponent <= 2046; exponent++) {
        for (int k = 0; k < 20; k++) {
            const double x = doubles_between(&random, exponent, exponent);
            if (x != 0) {
                assert_same_double(SUM(x), x);
            }
        }
    }
    assert_same_double(SUM(DBL_MAX), DBL_MAX);
    assert_same_double(SUM(-DBL_TRUE_MIN), -DBL_TRUE_MIN);
    assert_same_double(SUM(DBL_MIN, -DBL_TRUE_MIN), DBL_MIN - DBL_TRUE_MIN);
}

static void ties_go_to_even_unless_a_crumb_decides(void **state)
{
    (void)state;
    assert_same_double(SUM(1, 0x1p-53), 1.0);
    assert_same_double(SUM(1, 0x1p-52, 0x1p-53), 1 + 0x1p-51);
    assert_same_double(SUM(1, 0x1p-53, DBL_TRUE_MIN), 1 + 0x1p-52);
    assert_same_double(SUM(1, 0x1p-53, -DBL_TRUE_MIN), 1.0);
    assert_same_double(SUM(-1, -0x1p-53), -1.0);
    assert_same_double(SUM(-1, -0x1p-53, -DBL_TRUE_MIN), -1 - 0x1p-52);
    assert_same_double(SUM(1, -0x1p-54), 1.0);
    assert_same_double(SUM(1, -0x1p-54, -DBL_TRUE_MIN), 1 - 0x1p-53);
}

static void overflow_begins_where_rounding_says_so(void **state)
{
    (void)state;
    assert_same_double(SUM(DBL_MAX, 0x1p970), INFINITY);
    assert_same_double(SUM(DBL_MAX, 0x1p970, -DBL_TRUE_MIN), DBL_MAX);
    assert_same_double(SUM(-DBL_MAX, -0x1p970), -INFINITY);
    assert_same_double(SUM(DBL_MAX, 0x1p969), DBL_MAX);
    assert_same_double(SUM(DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX, -DBL_MAX), DBL_MAX);
    assert_same_double(SUM(-DBL_MAX, -DBL_MAX, DBL_MAX, DBL_MAX, 1), 1.0);
}

static void every_kind_of_data_sums_as_mpfr_says(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    uint64_t random = 2;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        for (int round = 0; round < 60; round++) {
            const size_t n = doubles_random(&random) % (round % 2 == 0 ? 12 : TERMS_MAX);
            doubles_fill((enum doubles_kind)kind, &random, x, n);
            assert_same_double(rounded_sum(x, n), true_sum(x, n));
        }
    }
}

static void any_order_and_any_partition_gives_the_same_bytes(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    uint64_t random = 3;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        for (int round = 0; round < 20; round++) {
            const size_t n = doubles_random(&random) % TERMS_MAX;
            doubles_fill((enum doubles_kind)kind, &random, x, n);
            const struct superacc one_by_one = sum_of(x, n);

            doubles_shuffle(&random, x, n);
            struct superacc whole;
            superacc_clear(&whole);
            superacc_add_array(&whole, x, n);
            assert_equal_bytes(whole, one_by_one);

            struct superacc merged;
            superacc_clear(&merged);
            for (size_t at = 0; at < n;) {
                const size_t left = n - at;
                const size_t wish = doubles_random(&random) % (round % 2 == 0 ? 20 : 2000);
                const size_t now = wish < left ? wish : left;
                struct superacc part;
                superacc_clear(&part);
                superacc_add_array(&part, x + at, now / 2);
                superacc_add_array(&part, x + at + now / 2, now - now / 2);
                superacc_merge(&merged, &part);
                at += now;
            }
            assert_equal_bytes(merged, one_by_one);
        }
    }
}

static void units_count_as_often_as_told(void **state)
{
    (void)state;
    static const int64_t counts[] = {0, 1, -1, 5000000007, -5000000007, INT64_MAX, INT64_MIN};
    for (size_t j = 0; j < sizeof counts / sizeof *counts; j++)
        for (int exponent = -1074; exponent <= 960; exponent++) {
            const double low = (double)(counts[j] % 65536), high = (double)(counts[j] / 65536);
            const double parts[2] = {ldexp(low, exponent), ldexp(high, exponent + 16)};
            struct superacc units;
            superacc_clear(&units);
            superacc_add_units(&units, counts[j], exponent);
            assert_equal_bytes(units, sum_of(parts, 2));
        }
}

static void many_additions_of_one_sign_carry_in_time(void **state)
{
    (void)state;
    const double terms[] = {DBL_MAX, -DBL_MAX, 0x1.fffffffffffffp31, -0x1.fffffffffffffp30, -1};
    for (size_t t = 0; t < sizeof terms / sizeof *terms; t++) {
        struct superacc sum;
        superacc_clear(&sum);
        for (int k = 0; k < 100000; k++) {
            superacc_add(&sum, terms[t]);
        }
        for (int k = 0; k < 99999; k++) {
            superacc_add(&sum, -terms[t]);
        }
        assert_same_double(superacc_round(&sum), terms[t]);
    }
}

/* 2^62 additions of one term, by doubling: the most that merging by two can reach. */
static void merging_holds_two_to_the_62_terms(void **state)
{
    (void)state;
    const double terms[] = {DBL_MAX, -DBL_MAX, 1, -DBL_TRUE_MIN, 0x1.fffffffffffffp31};
    for (size_t t = 0; t < sizeof terms / sizeof *terms; t++) {
        struct superacc sum = sum_of(&terms[t], 1);
        struct superacc minus = sum_of(&(double){-terms[t]}, 1);
        for (int k = 0; k < 62; k++) {
            superacc_merge(&sum, &sum);
            superacc_merge(&minus, &minus);
        }
        assert_same_double(superacc_round(&sum), ldexp(terms[t], 62));
        superacc_merge(&sum, &minus);
        superacc_add(&sum, terms[t]);
        assert_equal_bytes(sum, sum_of(&terms[t], 1));
    }
}

static void merging_full_accumulators_does_not_overflow(void **state)
{
    (void)state;
    struct superacc into;
    superacc_clear(&into);
    for (size_t n = 0; n <= 2100; n += 70) {
        struct superacc part;
        superacc_clear(&part);
        for (size_t j = 0; j < n; j++) {
            superacc_add(&part, -0x1.fffffffffffffp30);
        }
        superacc_merge(&into, &part);
    }
    /* 0 + 70 + ... + 2100 = 70 * 30 * 31 / 2 */
    assert_same_double(superacc_round(&into), -0x1.fffffffffffffp30 * 32550);
}

static void text_of_small_sums_is_as_documented(void **state)
{
    (void)state;
    const struct {
        double x;
        const char *text;
    } cases[] = {
        {0.0, "0"},          {1.0, "40000@33"},
        {-1.0, "-40000@33"}, {DBL_TRUE_MIN, "1@0"},
        {0x1p-1042, "1@1"},  {-0x1.8p-1042, "-180000000@0"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const struct superacc sum = sum_of(&cases[c].x, 1);
        char text[SUPERACC_TEXT];
        superacc_print(&sum, text);
        assert_string_equal(text, cases[c].text);
    }
}

static void text_reads_back_to_the_same_bytes(void **state)
{
    (void)state;
    static double x[TERMS_MAX];
    uint64_t random = 4;
    for (int kind = 0; kind < DOUBLES_KINDS; kind++) {
        for (int round = 0; round < 20; round++) {
            const size_t n = doubles_random(&random) % 200;
            doubles_fill((enum doubles_kind)kind, &random, x, n);
            struct superacc sum = sum_of(x, n);
            for (int k = 0; k < round * 3; k++) {
                superacc_merge(&sum, &sum);
            }
            char text[SUPERACC_TEXT];
            superacc_print(&sum, text);
            struct superacc back;
            assert_true(superacc_parse(text, strlen(text), &back));
            assert_equal_bytes(back, sum);
        }
    }
}

static void text_that_print_does_not_write_is_rejected(void **state)
{
    (void)state;
    const char *const bad[] = {
        "",
        "-",
        "-0",
        "00",
        "0@0",
        "1",
        "@33",
        "40000",
        "40000@",
        "40000@67",
        "040000@33",
        "4000000000000@32",
        "+1@0",
        "1@00",
        "1@0 ",
        " 1@0",
        "1@-1",
        "A@0",
        "1@0@0",
        "--1@0",
        "100000000@0",
        "1@18446744073709551616",
        "1#0",
        "fffffffffffffffff@66",
        "ffffffffffffffff@66",
    };
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        struct superacc sum;
        assert_false(superacc_parse(bad[b], strlen(bad[b]), &sum));
    }
    struct superacc sum;
    assert_true(superacc_parse("1@01234", 3, &sum));
}

/* math.fsum fails where a partial sum overflows, so its data stays away from there. */
static void sums_equal_those_of_python(void **state)
{
    (void)state;
    enum { CASES = 200, TERMS = 100 };
    static double x[CASES * TERMS];
    uint64_t random = 5;
    for (size_t c = 0; c < CASES; c++) {
        const enum doubles_kind kinds[] = {DOUBLES_NEAR_ONE, DOUBLES_SUBNORMAL, DOUBLES_TIE,
                                           DOUBLES_ZERO, DOUBLES_SAME_SIGN};
        doubles_fill(kinds[c % 5], &random, x + c * TERMS, TERMS);
    }
    char path[] = "/tmp/parsum-test-XXXXXX";
    const int handle = mkstemp(path);
    assert_true(handle >= 0);
    FILE *file = fdopen(handle, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(x, sizeof *x, CASES * TERMS, file), CASES * TERMS);
    assert_int_equal(fclose(file), 0);

    char command[500];
    snprintf(command, sizeof command,
             "python3 -c 'import array, math\n"
             "x = array.array(\"d\", open(\"%s\", \"rb\").read())\n"
             "for c in range(0, len(x), %d): print(math.fsum(x[c:c + %d]).hex())'",
             path, TERMS, TERMS);
    FILE *python = popen(command, "r");
    assert_non_null(python);
    for (size_t c = 0; c < CASES; c++) {
        double expected;
        assert_int_equal(fscanf(python, "%la", &expected), 1);
        assert_same_double(rounded_sum(x + c * TERMS, TERMS), expected);
    }
    assert_int_equal(pclose(python), 0);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_sums_to_positive_zero),
        cmocka_unit_test(a_single_term_comes_back_as_it_was),
        cmocka_unit_test(ties_go_to_even_unless_a_crumb_decides),
        cmocka_unit_test(overflow_begins_where_rounding_says_so),
        cmocka_unit_test(every_kind_of_data_sums_as_mpfr_says),
        cmocka_unit_test(any_order_and_any_partition_gives_the_same_bytes),
        cmocka_unit_test(units_count_as_often_as_told),
        cmocka_unit_test(many_additions_of_one_sign_carry_in_time),
        cmocka_unit_test(merging_holds_two_to_the_62_terms),
        cmocka_unit_test(merging_full_accumulators_does_not_overflow),
        cmocka_unit_test(text_of_small_sums_is_as_documented),
        cmocka_unit_test(text_reads_back_to_the_same_bytes),
        cmocka_unit_test(text_that_print_does_not_write_is_rejected),
        cmocka_unit_test(sums_equal_those_of_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
