/*
 * How many primes lie in [start, end), or with --define SUM=1 their sum: a segmented sieve of
 * Eratosthenes over the odd numbers. A block sets up the primes up to the root of its end, which
 * pays once it is long; a segment fits into a second-level cache. Arithmetic is unsigned, and the
 * segment is reached by a pointer, so nothing has to be checked as it runs.
 */
#include <stdlib.h>
#include <string.h>

#ifndef SUM
#define SUM 0
#endif
enum { SEGMENT = 1 << 18 };

/* The odd primes up to the root of `end`, in an array that ends with 0; the caller frees it. */
static uint64_t *small_primes(uint64_t end)
{
    uint64_t most = 1, count = 0;
    while (most * most < end)
        most++;
    char *composite = calloc(most + 1, 1);
    uint64_t *primes = calloc(most + 1, sizeof *primes);
    for (uint64_t p = 3; composite && primes && p <= most; p += 2) {
        if (!composite[p])
            primes[count++] = p;
        for (uint64_t m = p * p; !composite[p] && m <= most; m += 2 * p)
            composite[m] = 1;
    }
    free(composite);
    return primes;
}

uint64_t block(int64_t start, int64_t end)
{
    unsigned char segment[SEGMENT], *composite = segment; /* composite[k]: is low + 2 k? */
    const uint64_t stop = end > 0 ? (uint64_t)end : 0;
    uint64_t *primes = small_primes(stop), sum = start <= 2 && 2 < end ? 1 + SUM : 0;
    for (uint64_t low = start < 3 ? 3 : (uint64_t)start | 1; low < stop; low += 2 * SEGMENT) {
        const uint64_t left = (stop - low + 1) / 2, n = left < SEGMENT ? left : SEGMENT;
        memset(composite, 0, n);
        for (uint64_t *p = primes; *p && *p * *p < low + 2 * n; p++) {
            uint64_t m = *p * *p > low ? *p * *p : (low + *p - 1) / *p * *p;
            m += m % 2 == 0 ? *p : 0;
            for (uint64_t k = (m - low) / 2; k < n; k += *p)
                composite[k] = 1;
        }
        for (uint64_t k = 0; k < n; k++)
            sum += composite[k] ? 0 : SUM ? low + 2 * k : 1;
    }
    free(primes);
    return sum;
}
