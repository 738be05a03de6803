/* Lehmer's minimal standard generator by Schrage's method, which does not overflow. */
int32_t term(int64_t i)
{
    const int32_t a = 16807, m = 2147483647, q = 127773, r = 2836;
    int32_t seed = i % (m - 1) + 1;
    const int32_t hi = seed / q, lo = seed % q;
    const int32_t test = a * lo - r * hi;
    seed = test > 0 ? test : test + m;
    return seed;
}
