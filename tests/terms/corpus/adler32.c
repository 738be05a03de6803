/* Adler-32 of the bytes of i. */
enum { MOD_ADLER = 65521 };

uint32_t term(int64_t i)
{
    uint32_t a = 1, b = 0;
    for (unsigned k = 0; k < sizeof(i); k++) {
        a = (a + ((i >> (k * 8)) & 0xFF)) % MOD_ADLER;
        b = (b + a) % MOD_ADLER;
    }
    return (b << 16) | a;
}
