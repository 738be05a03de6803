/* The Gray code of i, and back again. */
static unsigned to_gray(unsigned n)
{
    return n ^ (n >> 1);
}

static unsigned from_gray(unsigned g)
{
    for (unsigned mask = g; mask;) {
        mask >>= 1;
        g ^= mask;
    }
    return g;
}

int term(int64_t i)
{
    return to_gray(i) + 3 * from_gray((unsigned)(i * 7));
}
