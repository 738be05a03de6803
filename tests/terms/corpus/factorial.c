/* Factorials modulo 2^128. */
unsigned __int128 term(int64_t i)
{
    unsigned __int128 f = 1;
    for (unsigned k = 2; k <= (unsigned)(i % 50); k++)
        f *= k;
    return f >> 12;
}
