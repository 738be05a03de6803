/* Pascal's triangle, a row in memory from the heap. */
long long term(int64_t i)
{
    const size_t n = i % 30 + 1;
    int *row = calloc(n + 1, sizeof *row);
    if (!row)
        return -1;
    row[0] = 1;
    for (size_t r = 1; r < n; r++)
        for (size_t k = r; k > 0; k--)
            row[k] += row[k - 1];
    long long largest = row[n / 2];
    free(row);
    return largest;
}
