/* The bits of a byte the other way round, by the trick with 64-bit multiplication. */
unsigned char term(int64_t i)
{
    unsigned char b = i;
    b = ((b * 0x0802LU & 0x22110LU) | (b * 0x8020LU & 0x88440LU)) * 0x10101LU >> 16;
    return b;
}
