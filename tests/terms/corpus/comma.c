/* Reversed digits by a loop that is all head. */
int64_t term(int64_t i)
{
    int64_t n, r;
    for (n = i, r = 0; n; r = r * 10 + n % 10, n /= 10)
        ;
    return r - i;
}
