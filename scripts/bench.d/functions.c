/*
 * functions NAME END: the plain sum of a function over the integers below END, as one writes it
 * first; prints JSON. With -Ofast GCC makes vectors of it by means of libmvec.
 *
 * For GCC, see plain.c.
 */
#define _GNU_SOURCE
#include "now.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUM(name, term)                                                                            \
    static double sum_##name(int64_t end)                                                          \
    {                                                                                              \
        double sum = 0;                                                                            \
        for (int64_t i = 0; i < end; i++)                                                          \
            sum += term;                                                                           \
        return sum;                                                                                \
    }
SUM(exp, exp(-1e-9 * i))
SUM(log, log(1.0 + i))
SUM(erf, erf(1e-8 * i))
SUM(sin, sin(1e-6 * i))
SUM(cos, cos(1e-6 * i))
SUM(pow, pow(1.0 + i, -1.3))

static const struct {
    const char *name;
    double (*sum)(int64_t end);
} sums[] = {
    {"exp", sum_exp}, {"log", sum_log}, {"erf", sum_erf},
    {"sin", sum_sin}, {"cos", sum_cos}, {"pow", sum_pow},
};

int main(int argc, char **argv)
{
    for (size_t k = 0; argc == 3 && k < sizeof sums / sizeof *sums; k++)
        if (strcmp(sums[k].name, argv[1]) == 0) {
            const double begin = now(), sum = sums[k].sum(strtoll(argv[2], NULL, 10));
            printf("{\"seconds\": %.9f, \"total\": \"%.17g\"}\n", now() - begin, sum);
            return 0;
        }
    return 2;
}
