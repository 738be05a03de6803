/*
 * terms NAME START END: a plain OpenMP loop over one term, as one writes it first; prints JSON.
 *
 *     inverse   1.0/((double)i*i), rounded at every addition
 *     square    i*i+3, which wraps around silently
 *     collatz   the steps of i+1 to 1
 *     histogram the most frequent number of steps, by a table for each thread
 *
 * For GCC, see plain.c.
 */
#define _POSIX_C_SOURCE 199309L
#include "now.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double inverse(int64_t start, int64_t end)
{
    double sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (int64_t i = start; i < end; i++)
        sum += 1.0 / ((double)i * i);
    return sum;
}

static uint64_t square(int64_t start, int64_t end)
{
    uint64_t sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (int64_t i = start; i < end; i++)
        sum += (uint64_t)(i * i + 3);
    return sum;
}

static uint64_t collatz(int64_t start, int64_t end)
{
    uint64_t sum = 0;
#pragma omp parallel for reduction(+ : sum) schedule(dynamic, 1000)
    for (int64_t i = start; i < end; i++)
        for (int64_t n = i + 1; n != 1; sum++)
            n = n % 2 ? 3 * n + 1 : n / 2;
    return sum;
}

enum { STEPS = 1024 };

/* How often the most frequent number of steps comes. */
static uint64_t histogram(int64_t start, int64_t end)
{
    static uint64_t table[STEPS];
#pragma omp parallel
    {
        uint64_t own[STEPS] = {0};
#pragma omp for schedule(dynamic, 1000)
        for (int64_t i = start; i < end; i++) {
            int steps = 0;
            for (uint64_t n = (uint64_t)i + 1; n != 1; steps++)
                n = n % 2 ? 3 * n + 1 : n / 2;
            own[steps]++;
        }
#pragma omp critical
        for (int k = 0; k < STEPS; k++)
            table[k] += own[k];
    }
    uint64_t most = 0;
    for (int k = 0; k < STEPS; k++)
        most = table[k] > most ? table[k] : most;
    return most;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const int64_t start = strtoll(argv[2], NULL, 10), end = strtoll(argv[3], NULL, 10);
    const double begin = now();
    if (strcmp(argv[1], "inverse") == 0) {
        const double sum = inverse(start, end);
        printf("{\"seconds\": %.9f, \"total\": \"%.17g\"}\n", now() - begin, sum);
    } else {
        const uint64_t sum = argv[1][0] == 's'   ? square(start, end)
                             : argv[1][0] == 'h' ? histogram(start, end)
                                                 : collatz(start, end);
        printf("{\"seconds\": %.9f, \"total\": \"%" PRIu64 "\"}\n", now() - begin, sum);
    }
}
