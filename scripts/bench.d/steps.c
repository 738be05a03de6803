/* The steps of collatz.c, in unsigned arithmetic, which needs no checks. */
int term(int64_t i)
{
    int steps = 0;
    for (uint64_t n = (uint64_t)i + 1; n != 1; steps++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return steps;
}
