/*
 * How many primes lie in [start, end): a segmented sieve of Eratosthenes over the odd numbers.
 *
 * What a block sets up, the primes up to the root of its end, pays once the block is long. A
 * segment of the sieve, a bit for each odd number, fits into a first-level cache.
 */
#include <stdlib.h>
#include <string.h>

enum { WORDS = 4096, SPAN = 128 * WORDS }; /* integers in a segment: 524,288 */

/* Every odd prime up to `most`, and how many they are; the caller frees them. */
static int32_t *small_primes(int64_t most, int *count)
{
    char *composite = calloc((size_t)most + 1, 1);
    int32_t *primes = malloc(((size_t)most + 1) * sizeof *primes);
    *count = 0;
    for (int64_t p = 3; composite && primes && p <= most; p += 2) {
        if (composite[p])
            continue;
        primes[(*count)++] = (int32_t)p;
        for (int64_t m = p * p; m <= most; m += 2 * p)
            composite[m] = 1;
    }
    free(composite);
    return primes;
}

int64_t block(int64_t start, int64_t end)
{
    static __thread uint64_t segment[WORDS]; /* bit k is the odd number low + 2 k + 1 */
    int64_t sum = start <= 2 && 2 < end;
    if (start < 2)
        start = 2;
    int count;
    const int64_t root = end > 2 ? (int64_t)sqrt((double)end) + 1 : 1;
    int32_t *primes = small_primes(root, &count);
    for (int64_t low = start - start % SPAN; low < end; low += SPAN) {
        memset(segment, 0, sizeof segment);
        for (int k = 0; k < count; k++) {
            const int64_t p = primes[k], square = p * p;
            if (square >= low + SPAN)
                break;
            int64_t m = square > low ? square : (low + p - 1) / p * p;
            m += m % 2 == 0 ? p : 0;
            for (uint64_t bit = (uint64_t)(m - low) / 2; bit < SPAN / 2; bit += (uint64_t)p)
                segment[bit / 64] |= (uint64_t)1 << bit % 64;
        }
        for (int64_t k = 0; k < SPAN / 2; k += 64) {
            uint64_t prime = ~segment[k / 64];
            const int64_t from = start - low - 1, to = end - low - 1; /* 2 k + 1 is in [start, end) */
            if (from > 2 * k || to < 2 * k + 128 || low + k == 0)
                for (int64_t j = 0; j < 64; j++)
                    if (2 * (k + j) < from || 2 * (k + j) >= to || low + k + j == 0)
                        prime &= ~((uint64_t)1 << j);
            sum += __builtin_popcountll(prime);
        }
    }
    free(primes);
    return sum;
}
