/* dot X Y: the dot product of two .npy files. */
#include "recipe.h"

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int64_t n, m;
    const double *x = load_npy(argv[1], &n), *y = load_npy(argv[2], &m);
    double sum = 0;
    begin();
#pragma omp parallel for reduction(+ : sum)
    for (int64_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return answer(sum);
}
