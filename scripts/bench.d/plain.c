/*
 * plain END...: the OpenMP loop over jobs that a good C programmer writes first; prints JSON.
 *
 * For GCC: Clang and its kin replace the inner loop by a closed form, so there would be nothing to
 * measure.
 */
#define _POSIX_C_SOURCE 199309L
#include "now.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int jobs = argc - 1;
    int64_t *end = malloc(((size_t)jobs + 1) * sizeof *end);
    int64_t *sum = malloc(((size_t)jobs + 1) * sizeof *sum);
    if (end == NULL || sum == NULL)
        return 1;
    for (int j = 0; j < jobs; j++)
        end[j] = strtoll(argv[j + 1], NULL, 10);

    double begin = now();
    uint64_t total = 0; /* wraps like the others where the ends are large */
#pragma omp parallel for reduction(+ : total) schedule(dynamic)
    for (int j = 0; j < jobs; j++) {
        uint64_t s = 0;
        for (int64_t i = 0; i < end[j]; i++)
            s += (uint64_t)i;
        sum[j] = (int64_t)s;
        total += s;
    }
    double seconds = now() - begin;

    printf("{\"seconds\": %.9f, \"total\": \"%" PRId64 "\"}\n", seconds, (int64_t)total);
    free(sum);
    free(end);
    return 0;
}
