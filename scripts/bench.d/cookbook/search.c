/* search wilson|gap END: how many primes of Wilson there are; the first prime that is followed by a
   gap of over 200. */
#include "recipe.h"

#define PARSUM_LOOK 0
#define PARSUM_PROOF 0
#define PARSUM_OWN static inline __attribute__((__always_inline__, __unused__))
#define PARSUM_REFUSE() abort()
#define PARSUM_UNCHECKED
#include "term/inside/term_arithmetic.h"
#define isprime(n) parsum_isprime(n)

static bool wilson(int64_t p)
{
    int64_t product = 1;
    for (int64_t k = 2; k < p; k++)
        product = product * k % (p * p);
    return product == p * p - 1;
}

static int gap(int64_t p)
{
    int k = 1;
    while (!isprime(p + k))
        k++;
    return k;
}

static double all_wilson(int64_t end)
{
    int count = 0;
#pragma omp parallel for reduction(+ : count) schedule(dynamic, 100)
    for (int64_t p = 2; p < end; p++)
        count += isprime(p) && wilson(p);
    return count;
}

/* Ranges in turns, as a loop can't be left. */
static double first_gap(void)
{
    enum { RANGE = 1000000 };
    for (int64_t start = 2;; start += RANGE) {
        int64_t first = INT64_MAX;
#pragma omp parallel for reduction(min : first) schedule(dynamic, 1000)
        for (int64_t p = start; p < start + RANGE; p++)
            if (isprime(p) && gap(p) > 200 && p < first)
                first = p;
        if (first < INT64_MAX)
            return (double)first;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    begin();
    return answer(argv[1][0] == 'w' ? all_wilson(atoll(argv[2])) : first_gap());
}
