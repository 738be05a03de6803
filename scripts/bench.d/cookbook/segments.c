/* segments FILE OFFSETS OUT: the sums of segments of a .npy file, as bare doubles. */
#include "recipe.h"

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    int64_t n, k;
    const double *x = load_npy(argv[1], &n);
    const int64_t *offsets = load_npy(argv[2], &k);
    double *sums = malloc((size_t)k * sizeof *sums), total = 0;
    if (!sums)
        return 1;
    begin();
#pragma omp parallel for schedule(dynamic, 1000) reduction(+ : total)
    for (int64_t s = 0; s < k - 1; s++) {
        double sum = 0;
        for (int64_t i = offsets[s]; i < offsets[s + 1]; i++)
            sum += x[i];
        sums[s] = sum;
        total += sum;
    }
    end_loop();
    FILE *out = fopen(argv[3], "wb");
    if (!out || fwrite(sums, sizeof *sums, (size_t)k - 1, out) + 1 != (size_t)k || fclose(out) != 0)
        return 1;
    return answer(total);
}
