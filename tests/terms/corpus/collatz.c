/* The steps that Collatz's sequence takes from i to 1. */
int term(int64_t i)
{
    int steps = 0;
    for (int64_t n = i + 1; n != 1; steps++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return steps;
}
