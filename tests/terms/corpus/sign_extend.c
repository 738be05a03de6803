/* A number of 12 bits of two's complement, made wider. */
int term(int64_t i)
{
    const int raw = i & 0xFFF;
    const int a = (raw ^ 0x800) - 0x800;
    const int b = (int16_t)(raw << 4) >> 4;
    return a == b ? a : 1000000;
}
