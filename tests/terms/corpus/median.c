/* The median of nine numbers, sorted by qsort. */
static int compare(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

int term(int64_t i)
{
    int sample[9];
    unsigned seed = i;
    for (int k = 0; k < 9; k++) {
        seed = seed * 1664525u + 1013904223u;
        sample[k] = seed >> 16;
    }
    qsort(sample, 9, sizeof *sample, compare);
    return sample[4];
}
