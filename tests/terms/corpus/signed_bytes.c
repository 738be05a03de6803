/* Signed bytes that are written in hexadecimal, as a data sheet has them. */
static const int8_t offsets[8] = {0x00, 0x7F, 0x80, 0xFF, 0xF0, 0x0F, 0xAA, 0x55};

int term(int64_t i)
{
    return offsets[i & 7] * (1 + (i >> 3 & 1));
}
