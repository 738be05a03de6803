/* Fibonacci's numbers, by recursion, by a loop, and by a matrix. */
struct matrix {
    uint64_t a[2][2];
};

static int slow(int n)
{
    return n < 2 ? n : slow(n - 1) + slow(n - 2);
}

static struct matrix times(struct matrix x, struct matrix y)
{
    struct matrix z = {0};
    for (int r = 0; r < 2; r++)
        for (int c = 0; c < 2; c++)
            for (int k = 0; k < 2; k++)
                z.a[r][c] += x.a[r][k] * y.a[k][c];
    return z;
}

int64_t term(int64_t i)
{
    struct matrix power = {{{1, 0}, {0, 1}}}, square = {{{1, 1}, {1, 0}}};
    for (unsigned n = i % 90; n; n /= 2) {
        if (n % 2)
            power = times(power, square);
        square = times(square, square);
    }
    int64_t a = 0, b = 1;
    for (int k = 0; k < i % 90; k++) {
        int64_t next = a + b;
        a = b;
        b = next;
    }
    return a == (int64_t)power.a[0][1] ? a + slow(i % 12) : -1;
}
