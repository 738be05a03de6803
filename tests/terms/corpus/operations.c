/* A table of functions, and a calculator on it. */
static int64_t plus(int64_t a, int64_t b)
{
    return a + b;
}
static int64_t minus(int64_t a, int64_t b)
{
    return a - b;
}
static int64_t times(int64_t a, int64_t b)
{
    return a * b;
}
static int64_t over(int64_t a, int64_t b)
{
    return b ? a / b : 0;
}
static int64_t (*const operations[])(int64_t, int64_t) = {plus, minus, times, over};

int64_t term(int64_t i)
{
    int64_t x = i;
    for (int k = 0; k < 4; k++)
        x = operations[(i >> 2 * k) & 3](x, k - 1);
    return x;
}
