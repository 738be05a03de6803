/*
 * A check of the check for races: built with RACE it has one, which ThreadSanitizer must report;
 * without, the same loop as a reduction, between whose threads only OpenMP's own barriers stand,
 * and no word must be said of it.
 */
#include <stdio.h>

int main(void)
{
    long sum = 0;
#ifdef RACE
#pragma omp parallel for num_threads(8)
#else
#pragma omp parallel for num_threads(8) reduction(+ : sum)
#endif
    for (int i = 0; i < 1000; i++)
        sum += i;

    long squares[64] = {0};
#pragma omp parallel for num_threads(8) schedule(dynamic)
    for (long i = 0; i < 64; i++)
        squares[i] = i * i;
#pragma omp parallel for num_threads(8) schedule(dynamic) reduction(+ : sum)
    for (int i = 0; i < 64; i++) /* each read by another thread than wrote it */
        sum += squares[63 - i];
    printf("%ld\n", sum);
    return 0;
}
