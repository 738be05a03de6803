/* The tricks without branches: minimum, absolute value, sign. */
long term(int64_t i)
{
    const int x = (int)(i * 37 % 201) - 100, y = (int)(i * 91 % 101) - 50;
    const int least = y ^ ((x ^ y) & -(x < y));
    const int mask = x >> 31;
    const unsigned absolute = (x + mask) ^ mask;
    const int sign = (x > 0) - (x < 0);
    return least + (long)absolute * 1000 + sign * 1000000L;
}
