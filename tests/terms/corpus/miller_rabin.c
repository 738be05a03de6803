/* Primes among numbers near 2^62, by Miller and Rabin's test. */
typedef unsigned __int128 u128;

static uint64_t power(uint64_t b, uint64_t e, uint64_t m)
{
    uint64_t r = 1;
    for (; e; e >>= 1) {
        if (e & 1)
            r = (u128)r * b % m;
        b = (u128)b * b % m;
    }
    return r;
}

static bool is_prime(uint64_t n)
{
    static const uint64_t witness[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    if (n < 2 || n % 2 == 0)
        return n == 2;
    const int s = __builtin_ctzll(n - 1);
    for (size_t k = 0; k < sizeof witness / sizeof *witness; k++) {
        if (witness[k] % n == 0)
            continue;
        uint64_t x = power(witness[k], (n - 1) >> s, n);
        if (x == 1 || x == n - 1)
            continue;
        for (int r = 1; r < s; r++) {
            x = (u128)x * x % n;
            if (x == n - 1)
                goto next;
        }
        return false;
    next:;
    }
    return true;
}

bool term(int64_t i)
{
    return is_prime((1ull << 62) + i);
}
