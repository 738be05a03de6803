/* The pairs without a common divisor, by Euclid, and by Stein's method. */
static uint64_t euclid(uint64_t a, uint64_t b)
{
    return b ? euclid(b, a % b) : a;
}

static unsigned stein(unsigned u, unsigned v)
{
    if (u == 0 || v == 0)
        return u | v;
    const int shift = __builtin_ctz(u | v);
    u >>= __builtin_ctz(u);
    do {
        v >>= __builtin_ctz(v);
        if (u > v) {
            const unsigned t = v;
            v = u, u = t;
        }
        v -= u;
    } while (v);
    return u << shift;
}

int64_t term(int64_t i)
{
    return euclid(i, 5040) == stein(i, 5040) ? stein(i, 5040) : -1000000;
}
