/* pairs FILE: the energy of pairs of particles, whose places are rows of a .npy file. */
#include "recipe.h"

int main(int argc, char **argv)
{
    int64_t n = 0;
    const double(*r)[3] = argc > 1 ? load_npy(argv[1], &n) : NULL;
    double e = 0;
    begin();
#pragma omp parallel for reduction(+ : e) schedule(dynamic)
    for (int64_t i = 0; i < n / 3; i++)
        for (int64_t j = 0; j < i; j++) {
            const double x = r[i][0] - r[j][0], y = r[i][1] - r[j][1], z = r[i][2] - r[j][2];
            e -= 1 / sqrt(x * x + y * y + z * z);
        }
    return answer(e);
}
