/* sieve END: tests/terms/sieve.c as a plain OpenMP loop over even pieces; prints JSON. */
#define _POSIX_C_SOURCE 199309L
#include "now.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "../../tests/terms/sieve.c"

int main(int argc, char **argv)
{
    enum { PIECES = 64 };
    const int64_t end = argc > 1 ? strtoll(argv[1], NULL, 10) : 0;
    const double begin = now();
    uint64_t total = 0;
#pragma omp parallel for reduction(+ : total) schedule(dynamic)
    for (int k = 0; k < PIECES; k++)
        total += block(end / PIECES * k, k + 1 < PIECES ? end / PIECES * (k + 1) : end);
    printf("{\"total\": %" PRIu64 ", \"seconds\": %.9f}\n", total, now() - begin);
    return 0;
}
