/* CRC-32 by a table that each thread makes when it needs it first. */
static _Thread_local uint32_t table[256];

static void make_table(void)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320L ^ (c >> 1) : c >> 1;
        table[n] = c;
    }
}

uint32_t term(int64_t i)
{
    if (!table[1])
        make_table();
    uint32_t c = 0xffffffffu;
    for (int k = 0; k < 8; k++, i >>= 8)
        c = table[(c ^ i) & 0xff] ^ (c >> 8);
    return c ^ 0xffffffffu;
}
