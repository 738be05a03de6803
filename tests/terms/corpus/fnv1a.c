/* FNV-1a, 64 bits, of the eight bytes of i. */
uint64_t term(int64_t i)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (int k = 0; k < 8; k++) {
        hash ^= (uint8_t)(i >> (8 * k));
        hash *= 0x100000001b3;
    }
    return hash;
}
