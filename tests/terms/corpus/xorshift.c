/* Marsaglia's xorshift, eight steps, seeded with i. */
uint64_t term(int64_t i)
{
    uint64_t x = i + 88172645463325252ULL;
    for (int k = 0; k < 8; k++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}
