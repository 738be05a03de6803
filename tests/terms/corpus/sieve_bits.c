/* A sieve in a bitmap that each thread makes once. */
enum { LIMIT = 4096 };
static _Thread_local uint64_t composite[LIMIT / 64];
static _Thread_local bool ready;

static void mark(unsigned n)
{
    composite[n / 64] |= UINT64_C(1) << n % 64;
}

bool term(int64_t i)
{
    if (!ready) {
        mark(0), mark(1);
        for (unsigned p = 2; p * p < LIMIT; p++)
            for (unsigned q = p * p; q < LIMIT; q += p)
                mark(q);
        ready = true;
    }
    i %= LIMIT;
    return !(composite[i >> 6] >> (i & 63) & 1);
}
