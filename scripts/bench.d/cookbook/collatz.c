/* collatz histogram|longest END: how many numbers have the most frequent number of steps; the
 * longest. */
#include "recipe.h"

static int64_t steps(int64_t n)
{
    int64_t k = 0;
    for (; n > 1; k++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return k;
}

static double histogram(int64_t end)
{
    int64_t table[1024] = {0}, most = 0;
#pragma omp parallel for reduction(+ : table) schedule(dynamic, 1000)
    for (int64_t n = 1; n < end; n++)
        table[steps(n)]++;
    for (int k = 0; k < 1024; k++)
        most = table[k] > most ? table[k] : most;
    return (double)most;
}

static double longest(int64_t end)
{
    int64_t most = 0;
#pragma omp parallel for reduction(max : most) schedule(dynamic, 1000)
    for (int64_t n = 1; n < end; n++) {
        const int64_t own = steps(n);
        most = own > most ? own : most;
    }
    return (double)most;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const int64_t end = (int64_t)atof(argv[2]);
    begin();
    return answer(argv[1][0] == 'h' ? histogram(end) : longest(end));
}
