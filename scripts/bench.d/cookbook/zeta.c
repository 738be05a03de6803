/* zeta END: the sum of partial sums of zeta(s) for 50 values of s. */
#include "recipe.h"

int main(int argc, char **argv)
{
    const int64_t end = argc > 1 ? (int64_t)atof(argv[1]) : 0;
    double total = 0;
    begin();
    for (int k = 0; k < 50; k++) {
        const double s = 1.1 + 0.1 * k;
        double sum = 0;
#pragma omp parallel for reduction(+ : sum)
        for (int64_t i = 1; i < end; i++)
            sum += pow((double)i, -s);
        total += sum;
    }
    return answer(total);
}
