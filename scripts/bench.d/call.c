/*
 * call WAY N THREADS: how long N calls of a function that takes some 10 ns last, as JSON: parsum by
 * parsum_loop, or plain by a loop of OpenMP, which adds up with rounding.
 */
#include "now.h"

#include <parsum.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Divisions, each of which needs the one before: now three, now four, so that no compiler makes
   vectors of them. */
static double body(int64_t i, void *context)
{
    const double a = *(const double *)context;
    double x = (double)i;
    for (int64_t k = 3 + i % 2; k > 0; k--)
        x = 1 / (a + x);
    return x;
}

int main(int count, char **words)
{
    const int64_t n = count == 4 ? strtoll(words[2], NULL, 10) : 0;
    const int threads = count == 4 ? atoi(words[3]) : 1;
    double a = 1, total = 0, best = 1e9;
    for (int turn = 0; turn < 3; turn++) {
        const double begin = now();
        if (strcmp(words[1], "parsum") == 0) {
            if (parsum_loop(threads, 0, n, body, &a, &total) != PARSUM_OK)
                return 1;
        } else {
            total = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : total)
            for (int64_t i = 0; i < n; i++)
                total += body(i, &a);
        }
        const double seconds = now() - begin;
        best = seconds < best ? seconds : best;
    }
    printf("{\"seconds\": %.9f, \"value\": %.17g}\n", best, total);
    return 0;
}
