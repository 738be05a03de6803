/* mertens END: the sum of Moebius' function below END. */
#include "recipe.h"

static int mobius(int64_t n)
{
    int mu = 1;
    for (int64_t p = 2; p * p <= n; p++)
        if (n % p == 0) {
            n /= p, mu = -mu;
            if (n % p == 0)
                return 0;
        }
    return n > 1 ? -mu : mu;
}

int main(int argc, char **argv)
{
    const int64_t end = argc > 1 ? (int64_t)atof(argv[1]) : 0;
    int64_t sum = 0;
    begin();
#pragma omp parallel for reduction(+ : sum) schedule(dynamic, 1000)
    for (int64_t n = 1; n < end; n++)
        sum += mobius(n);
    return answer((double)sum);
}
