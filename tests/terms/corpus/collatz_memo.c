/* The steps of Collatz's sequence, with what is known kept by each thread; 0 means unknown. */
static _Thread_local uint16_t known[10000];

static int steps(int64_t n)
{
    if (n == 1)
        return 0;
    if (n < 10000 && known[n])
        return known[n];
    const int result = 1 + steps(n % 2 ? 3 * n + 1 : n / 2);
    if (n < 10000)
        known[n] = result;
    return result;
}

int term(int64_t i)
{
    return steps(i + 1);
}
