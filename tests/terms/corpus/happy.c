/* Happy numbers: a function pointer makes the step. */
static int step(int n)
{
    int sum = 0;
    for (; n; n /= 10)
        sum += (n % 10) * (n % 10);
    return sum;
}

static int repeat(int (*f)(int), int n, int times)
{
    while (times--)
        n = f(n);
    return n;
}

bool term(int64_t i)
{
    return repeat(step, (int)i, 30) == 1;
}
