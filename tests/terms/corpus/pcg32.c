/* A step of PCG32. */
uint32_t term(int64_t i)
{
    uint64_t state = (uint64_t)i * 6364136223846793005ULL + (1442695040888963407ULL | 1);
    uint32_t xorshifted = ((state >> 18u) ^ state) >> 27u;
    uint32_t rot = state >> 59u;
    return (xorshifted >> rot) | (xorshifted << ((-rot) & 31));
}
