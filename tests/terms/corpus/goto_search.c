/* The first Pythagorean triple with that sum, and a goto out of its loops. */
int term(int64_t i)
{
    const int sum = i % 150;
    int a, b, c;
    for (a = 1; a < sum; a++)
        for (b = a; a + b < sum; b++) {
            c = sum - a - b;
            if (a * a + b * b == c * c)
                goto found;
        }
    return 0;
found:
    return a * 10000 + b * 100 + c;
}
