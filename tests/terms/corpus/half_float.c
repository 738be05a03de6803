/* A float of 16 bits made of its bits. */
#include <string.h>

double term(int64_t i)
{
    const uint16_t h = i;
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 0x1f,
                   fraction = h & 0x3ff;
    float f;
    uint32_t bits;
    if (exponent == 0)
        return (sign ? -1 : 1) * ldexp(fraction, -24);
    if (exponent == 31)
        return 0;
    bits = sign | (exponent + 112) << 23 | fraction << 13;
    memcpy(&f, &bits, sizeof f);
    return f;
}
