/* The bytes of a character in UTF-8. */
int term(int64_t i)
{
    const uint32_t c = i * 1087 % 0x110000;
    unsigned char out[4];
    int n = 0;
    if (c < 0x80) {
        out[n++] = c;
    } else if (c < 0x800) {
        out[n++] = 0xC0 | (c >> 6);
        out[n++] = 0x80 | (c & 0x3F);
    } else if (c < 0x10000) {
        out[n++] = 0xE0 | (c >> 12);
        out[n++] = 0x80 | ((c >> 6) & 0x3F);
        out[n++] = 0x80 | (c & 0x3F);
    } else {
        out[n++] = 0xF0 | (c >> 18);
        out[n++] = 0x80 | ((c >> 12) & 0x3F);
        out[n++] = 0x80 | ((c >> 6) & 0x3F);
        out[n++] = 0x80 | (c & 0x3F);
    }
    int sum = 0;
    while (n > 0)
        sum = sum * 2 + out[--n];
    return sum;
}
