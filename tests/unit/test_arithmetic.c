#include "check.h"
#include "inside.h"

#include "term/inside/term_arithmetic.h"

#include <stdlib.h>

static uint64_t state = 1;

/* Numbers of all lengths. */
static uint64_t any(void)
{
    const uint64_t x = check_random(&state);
    return x >> (check_random(&state) % 64);
}

static uint64_t euclid(uint64_t a, uint64_t b)
{
    return b ? euclid(b, a % b) : a;
}

static void divisors_are_euclids(void **unused)
{
    (void)unused;
    for (int k = 0; k < 100000; k++) {
        const uint64_t c = any() % 1000000, a = any() >> 20, b = any() >> 20;
        assert_int_equal(parsum_gcd(a * c, b * c), euclid(a * c, b * c));
        assert_int_equal(parsum_gcd(-(int64_t)(a >> 1), (int64_t)b >> 1), euclid(a >> 1, b >> 1));
    }
    assert_int_equal(parsum_gcd(0, 0), 0);
    assert_int_equal(parsum_gcd(0, -7), 7);
    assert_true(parsum_gcd(UINT64_MAX, UINT64_MAX) == UINT64_MAX);
    assert_true(parsum_gcd(INT64_MIN, UINT64_C(1) << 63) == UINT64_C(1) << 63);
    assert_int_equal(parsum_gcd(INT64_MIN, 6), 2);
    assert_int_equal(parsum_gcd(-4, UINT64_C(6)), 2);
    assert_int_equal(inside_refused, 0);
    (void)(parsum_gcd(INT64_MIN, INT64_C(0)) + parsum_gcd(INT64_C(0), INT64_MIN) / 2);
    (void)parsum_gcd(INT64_MIN, INT64_MIN);
    assert_int_equal(inside_refused, 3);
    inside_refused = 0;
}

static void check_root(uint64_t n)
{
    const uint64_t root = parsum_isqrt(n);
    assert_true((unsigned __int128)root * root <= n);
    assert_true((unsigned __int128)(root + 1) * (root + 1) > n);
    if (n <= INT64_MAX)
        assert_true(parsum_isqrt((int64_t)n) == (int64_t)root);
}

static void roots_are_right_around_all_squares(void **unused)
{
    (void)unused;
    for (int k = 0; k < 100000; k++) {
        const uint64_t root = any() >> 32;
        check_root(any());
        check_root(root * root);
        check_root(root * root - (root > 0));
        check_root(root * root + 2 * root);
    }
    for (uint64_t root = UINT32_MAX; root > UINT32_MAX - 1000; root--) {
        check_root(root * root - 1);
        check_root(root * root);
    }
    check_root(UINT64_MAX);
    check_root(INT64_MAX);
    assert_int_equal(parsum_isqrt(true), 1);
    assert_int_equal(inside_refused, 0);
    (void)parsum_isqrt(-1);
    assert_int_equal(inside_refused, 1);
    inside_refused = 0;
}

static uint64_t slow_power(uint64_t a, uint64_t e, uint64_t m)
{
    unsigned __int128 result = 1 % m;
    for (int bit = 63; bit >= 0; bit--) {
        result = result * result % m;
        if (e >> bit & 1)
            result = result * (a % m) % m;
    }
    return (uint64_t)result;
}

static void products_and_powers_are_those_of_128_bits(void **unused)
{
    (void)unused;
    for (int k = 0; k < 20000; k++) {
        const uint64_t a = any(), b = any(), m = any() | 1;
        assert_true(parsum_mulmod(a, b, m) == (uint64_t)((unsigned __int128)a * b % m));
        assert_true(parsum_powmod(a, b, m) == slow_power(a, b, m));
        const int64_t x = -(int64_t)(a >> 1), y = (int64_t)(b >> 1), n = (int64_t)(m >> 1) + 1;
        assert_true(parsum_mulmod(x, y, n) == ((__int128)x * y % n + n) % n);
        assert_true(parsum_powmod(x, y, n) ==
                    (int64_t)slow_power((uint64_t)((x % n + n) % n), (uint64_t)y, (uint64_t)n));
    }
    assert_int_equal(parsum_powmod(0, 0, 7), 1);
    assert_int_equal(parsum_powmod(0, 0, 1), 0);
    assert_int_equal(parsum_mulmod(INT64_MIN, INT64_MIN, INT64_MAX), 1);
    assert_true(parsum_mulmod(-1, 1, UINT64_MAX) == UINT64_MAX - 1);
    assert_int_equal(inside_refused, 0);
    assert_int_equal(parsum_mulmod(1, 1, 0) + parsum_mulmod(1, 1, -5) + parsum_powmod(2, 2, 0), 0);
    assert_int_equal(inside_refused, 3);
    (void)parsum_powmod(2, -1, 7);
    assert_int_equal(inside_refused, 4);
    inside_refused = 0;
}

enum { SIEVED = 1 << 21 };

static void primes_are_those_of_a_sieve(void **unused)
{
    (void)unused;
    unsigned char *const composite = calloc(SIEVED, 1);
    assert_non_null(composite);
    for (int n = 2; n * n < SIEVED; n++)
        for (int m = n * n; !composite[n] && m < SIEVED; m += n)
            composite[m] = 1;
    for (int n = 0; n < SIEVED; n++)
        assert_int_equal(parsum_isprime(n), n > 1 && !composite[n]);
    free(composite);
    assert_false(parsum_isprime(-7));
    assert_false(parsum_isprime(INT64_MIN));
}

/*
 * The smallest strong pseudoprimes to the first 1, 2, 3 ... primes: OEIS A014233; G. Jaeschke,
 * Math. Comp. 61 (1993); Y. Jiang, Y. Deng, "Strong pseudoprimes to the first eight prime bases",
 * Math. Comp. 83 (2014). The smallest ones to base 2: OEIS A001262. To 2, 3, 5 and 7: A074773.
 */
static const uint64_t pseudoprimes[] = {
    2047,
    1373653,
    25326001,
    3215031751,
    2152302898747,
    3474749660383,
    341550071728321,
    3825123056546413051,
    3277,
    4033,
    4681,
    8321,
    15841,
    29341,
    42799,
    49141,
    52633,
    65281,
    74665,
    80581,
    85489,
    88357,
    90751,
    104653,
    130561,
    196093,
    220729,
    233017,
    252601,
    253241,
    256999,
    271951,
    280601,
    314821,
    118670087467,
    307768373641,
    315962312077,
    354864744877,
    457453568161,
    528929554561,
    546348519181,
    602248359169,
    1362242655901,
    1871186716981,
    2152302898747,
    2273312197621,
};

static void pseudoprimes_and_products_of_large_primes_are_composite(void **unused)
{
    (void)unused;
    for (size_t k = 0; k < sizeof pseudoprimes / sizeof *pseudoprimes; k++)
        assert_false(parsum_isprime(pseudoprimes[k]));
    /* (k + 1)(2 k + 1) and (6 k + 1)(12 k + 1)(18 k + 1), of primes, fool the most bases. */
    int made = 0;
    for (uint64_t k = 3000000000; made < 500; k -= 6)
        if (parsum_isprime(k + 1) && parsum_isprime(2 * k + 1)) {
            assert_false(parsum_isprime((k + 1) * (2 * k + 1)));
            made++;
        }
    for (uint64_t k = 0; k < 200000; k++)
        if (parsum_isprime(6 * k + 1) && parsum_isprime(12 * k + 1) && parsum_isprime(18 * k + 1))
            assert_false(parsum_isprime((6 * k + 1) * (12 * k + 1) * (18 * k + 1)));
    /* 2^32 - 5 is the largest prime below 2^32, 2^31 - 1 the largest one below 2^31. */
    assert_false(parsum_isprime(UINT64_C(4294967291) * 4294967291));
    assert_false(parsum_isprime(UINT64_C(4294967291) * 4294967279));
    assert_false(parsum_isprime(UINT64_C(2147483647) * 2147483647));
}

/* The largest primes below 2^64, 2^63 and 2^32, and the smallest above 2^32: OEIS A013603, A014234,
   A104080; and the bases of the tests. */
static void large_primes_are_prime(void **unused)
{
    (void)unused;
    static const uint64_t below[] = {59, 83, 95, 179, 189, 257, 279, 323, 353, 363};
    for (uint64_t n = 1, k = 0; n <= 363; n++) {
        const bool prime = k < 10 && n == below[k];
        assert_int_equal(parsum_isprime(0 - n), prime);
        k += prime;
    }
    assert_true(parsum_isprime(INT64_MAX - 24));
    assert_true(parsum_isprime(UINT64_C(4294967291)));
    assert_true(parsum_isprime(UINT64_C(4294967311)));
    for (uint64_t n = UINT64_C(4294967292); n < 4294967311; n++)
        assert_false(parsum_isprime(n));
    assert_true(parsum_isprime(UINT64_C(1000000000000000003)));
    assert_true(parsum_isprime(2) && parsum_isprime(7) && parsum_isprime(61));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisors_are_euclids),
        cmocka_unit_test(roots_are_right_around_all_squares),
        cmocka_unit_test(products_and_powers_are_those_of_128_bits),
        cmocka_unit_test(primes_are_those_of_a_sieve),
        cmocka_unit_test(pseudoprimes_and_products_of_large_primes_are_composite),
        cmocka_unit_test(large_primes_are_prime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
