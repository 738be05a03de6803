/* Binomial coefficients of 100, which need 97 bits. */
__int128 term(int64_t i)
{
    __int128 c = 1;
    const int k = i % 101;
    for (int j = 1; j <= k; j++)
        c = c * (100 - j + 1) / j;
    return i & 1 ? -c : c;
}
