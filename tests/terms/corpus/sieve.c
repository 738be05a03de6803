/* The primes below 100 + i mod 50, by a sieve of variable length. */
#include <string.h>

int term(int64_t i)
{
    const int n = 100 + i % 50;
    bool composite[n];
    memset(composite, 0, sizeof composite);
    int count = 0;
    for (int p = 2; p < n; p++) {
        if (composite[p])
            continue;
        count++;
        for (int q = p * p; q < n; q += p)
            composite[q] = true;
    }
    return count;
}
