/*
 * Euler's totient of i: how many of 1 to i have no divisor in common with i. i * (1 - 1/p) for each
 * prime p that divides i; the primes up to 46349 are in a table, so i may be up to 2^31.
 */
#include <stdbool.h>

enum { LIMIT = 46350, PRIMES = 4793 };
static int64_t primes[PRIMES + 1]; /* the last one is larger than any divisor that is tried */

/* Before the first term, and once: threads only read the table. */
__attribute__((constructor)) static void make_table(void)
{
    static bool composite[LIMIT];
    int count = 0;
    for (int n = 2; n < LIMIT; n++) {
        if (composite[n])
            continue;
        primes[count++] = n;
        for (int multiple = 2 * n; multiple < LIMIT; multiple += n)
            composite[multiple] = true;
    }
    primes[count] = INT32_MAX;
}

int64_t term(int64_t i)
{
    int64_t totient = i, rest = i;
    for (int k = 0; primes[k] * primes[k] <= rest; k++) {
        if (rest % primes[k] != 0)
            continue;
        while (rest % primes[k] == 0)
            rest /= primes[k];
        totient -= totient / primes[k];
    }
    return rest > 1 ? totient - totient / rest : totient;
}
