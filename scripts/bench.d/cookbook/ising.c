/* ising density|partition STATES: of 5 x 5 spins, how many states have the most frequent energy;
   the sum of the partition functions of 20 temperatures. */
#include "recipe.h"

static inline int energy(uint64_t s)
{
    const uint64_t right = (s << 1 & 0x1ef7bde) | (s >> 4 & 0x108421);
    const uint64_t below = (s << 5 & 0x1ffffe0) | s >> 20;
    return 2 * (__builtin_popcountll(s ^ right) + __builtin_popcountll(s ^ below)) - 50;
}

static double density(int64_t states)
{
    int64_t table[101] = {0}, most = 0;
#pragma omp parallel for reduction(+ : table)
    for (int64_t s = 0; s < states; s++)
        table[energy((uint64_t)s) + 50]++;
    for (int k = 0; k < 101; k++)
        most = table[k] > most ? table[k] : most;
    return (double)most;
}

static double partition(int64_t states)
{
    double total = 0;
    for (int k = 0; k < 20; k++) {
        const double t = 0.5 + 0.25 * k;
        double sum = 0;
#pragma omp parallel for reduction(+ : sum)
        for (int64_t s = 0; s < states; s++)
            sum += exp(-energy((uint64_t)s) / t);
        total += sum;
    }
    return total;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const int64_t states = atoll(argv[2]);
    begin();
    return answer(argv[1][0] == 'd' ? density(states) : partition(states));
}
