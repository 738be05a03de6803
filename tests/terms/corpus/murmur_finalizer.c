/* The finalizer of MurmurHash3, 32 bits. */
static inline uint32_t rotl(uint32_t x, int by)
{
    return (x << by) | (x >> (32 - by));
}

uint32_t term(int64_t i)
{
    uint32_t k = i, h = 0x9747b28c;
    k *= 0xcc9e2d51;
    k = rotl(k, 15);
    k *= 0x1b873593;
    h ^= k;
    h = rotl(h, 13);
    h = h * 5 + 0xe6546b64;
    h ^= 4;
    h ^= h >> 16;
    h *= 0x85ebca6b;
    h ^= h >> 13;
    h *= 0xc2b2ae35;
    h ^= h >> 16;
    return h;
}
