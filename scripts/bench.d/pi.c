/*
 * pi PAIRS: how many of so many pairs of random numbers lie in a quarter of a circle, by a plain
 * OpenMP loop with parsum's own generator (src/term/inside/term_random.h); prints JSON.
 *
 * For GCC, see plain.c.
 */
#define _POSIX_C_SOURCE 199309L
#include "now.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What that file wants to find. */
#define PARSUM_LOOK 0
#define PARSUM_PROOF 0
#define PARSUM_OWN static inline __attribute__((__always_inline__, __unused__))
#define PARSUM_REFUSE() abort()
#include "term/inside/term_random.h"

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const int64_t pairs = strtoll(argv[1], NULL, 10);
    int64_t inside = 0;
    parsum_seed = 1;
    const double begin = now();
#pragma omp parallel for reduction(+ : inside)
    for (int64_t i = 0; i < pairs; i++) {
        const double x = parsum_uniform(i, 0), y = parsum_uniform(i, 1);
        inside += x * x + y * y < 1;
    }
    printf("{\"seconds\": %.9f, \"total\": \"%" PRId64 "\"}\n", now() - begin, inside);
}
