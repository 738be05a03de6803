/* Ackermann's function of small numbers. */
static int64_t ackermann(int64_t m, int64_t n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int64_t term(int64_t i)
{
    return ackermann(i % 3, i / 3 % 40);
}
