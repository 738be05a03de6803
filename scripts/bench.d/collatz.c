/* How many steps of "halve it, or triple it and add one" lead from i+1 to 1. */
int64_t term(int64_t i)
{
    int64_t steps = 0;
    for (int64_t n = i + 1; n != 1; steps++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return steps;
}
