/* Moebius's function. */
signed char term(int64_t i)
{
    signed char mu = 1;
    int64_t n = i + 1;
    for (int64_t p = 2; p * p <= n; p++) {
        if (n % p)
            continue;
        n /= p;
        if (n % p == 0)
            return 0;
        mu = -mu;
    }
    return n > 1 ? -mu : mu;
}
