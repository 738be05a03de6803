/* The logarithm to base 2 by a de Bruijn sequence and a table. */
static const int8_t position[32] = {0, 9,  1,  10, 13, 21, 2,  29, 11, 14, 16, 18, 22, 25, 3, 30,
                                    8, 12, 20, 28, 15, 17, 24, 7,  19, 27, 23, 6,  26, 5,  4, 31};

int term(int64_t i)
{
    uint32_t v = i | 1;
    v |= v >> 1;
    v |= v >> 2;
    v |= v >> 4;
    v |= v >> 8;
    v |= v >> 16;
    return position[(uint32_t)(v * 0x07C4ACDDU) >> 27];
}
