/* Division that rounds down, for numbers on both sides of zero. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t term(int64_t i)
{
    const int64_t x = i - 1500;
    return floor_div(x, 7) * 1000 + ((x % 7) + 7) % 7 + (x >> 2);
}
