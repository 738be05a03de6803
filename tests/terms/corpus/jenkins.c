/* Jenkins's one-at-a-time hash. */
uint32_t term(int64_t i)
{
    const uint8_t *key = (const uint8_t *)&i;
    uint32_t hash = 0;
    for (size_t k = 0; k != sizeof i; ++k) {
        hash += key[k];
        hash += hash << 10;
        hash ^= hash >> 6;
    }
    hash += hash << 3;
    hash ^= hash >> 11;
    hash += hash << 15;
    return hash;
}
