/* The ways to write a number as a sum, by recursion. */
static int partitions(int n, int largest)
{
    if (n == 0)
        return 1;
    int ways = 0;
    for (int k = largest < n ? largest : n; k > 0; k--)
        ways += partitions(n - k, k);
    return ways;
}

int term(int64_t i)
{
    return partitions(i % 20, 20);
}
