/* likelihood FILE: the best log-likelihood of Cauchy's distribution on a grid of 101 x 101
 * parameters. */
#include "recipe.h"

int main(int argc, char **argv)
{
    int64_t n = 0;
    const double *x = argc > 1 ? load_npy(argv[1], &n) : NULL;
    double best = -INFINITY;
    begin();
#pragma omp parallel for reduction(max : best) schedule(dynamic)
    for (int k = 0; k < 101 * 101; k++) {
        const double m = 2.98 + 0.0004 * (k / 101), s = 0.48 + 0.0004 * (k % 101);
        double sum = 0;
        for (int64_t i = 0; i < n; i++) {
            const double z = (x[i] - m) / s;
            sum -= log(M_PI * s * (1 + z * z));
        }
        best = sum > best ? sum : best;
    }
    return answer(best);
}
