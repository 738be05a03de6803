/*
 * moving_mean W: reads numbers from standard input, and writes the mean of the last W of them after
 * each one.
 *
 * A number that enters the window is added, one that leaves it is subtracted: a step costs the same
 * however wide the window is. With plain doubles each step rounds, and the errors stay in the sum:
 * after a spike of 1e16 the means below would be wrong for ever. Here they are right, always.
 *
 *     cc moving_mean.c $(pkg-config --cflags --libs parsum) -o moving_mean
 *     printf '%s\n' 1 2 1e16 3 4 5 | ./moving_mean 2
 */
#include <parsum.h>

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    const size_t width = count == 2 ? strtoul(words[1], NULL, 10) : 0;
    double *const window = width > 0 ? calloc(width, sizeof *window) : NULL;
    if (!window) {
        fprintf(stderr, "usage: moving_mean W, where W is how many numbers a mean is made of\n");
        return 2;
    }
    struct parsum_sum sum = PARSUM_SUM_ZERO;
    double number;
    for (size_t seen = 0; scanf("%lf", &number) == 1; seen++) {
        double *const place = &window[seen % width];
        parsum_add(&sum, number);
        if (seen >= width)
            parsum_subtract(&sum, *place);
        *place = number;
        printf("%.17g\n", parsum_mean_of(&sum, seen < width ? seen + 1 : width));
    }
    free(window);
    return 0;
}
