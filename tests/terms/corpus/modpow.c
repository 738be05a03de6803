/* 3^i modulo a prime near 2^61, by squares. */
#define P ((UINT64_C(1) << 61) - 1)

static uint64_t mulmod(uint64_t a, uint64_t b)
{
    return (unsigned __int128)a * b % P;
}

uint64_t term(int64_t i)
{
    uint64_t result = 1, base = 3;
    for (uint64_t e = i; e; e >>= 1, base = mulmod(base, base))
        if (e & 1)
            result = mulmod(result, base);
    return result;
}
