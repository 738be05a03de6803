/* pi PAIRS: four times the share of random pairs that lie in a quarter of a circle, with parsum's
   own generator, and the standard error. */
#define PARSUM_LOOK 0
#define PARSUM_PROOF 0
#define PARSUM_OWN static inline __attribute__((__always_inline__, __unused__))
#define PARSUM_REFUSE() abort()
#include "recipe.h"
#include "term/inside/term_random.h"

int main(int argc, char **argv)
{
    const int64_t pairs = argc > 1 ? (int64_t)atof(argv[1]) : 0;
    int64_t sum = 0, squares = 0;
    parsum_seed = 1;
    begin();
#pragma omp parallel for reduction(+ : sum, squares)
    for (int64_t i = 0; i < pairs; i++) {
        const double x = parsum_uniform(i, 0), y = parsum_uniform(i, 1);
        const int one = 4 * (x * x + y * y < 1);
        sum += one;
        squares += one * one;
    }
    end_loop();
    const double n = (double)pairs, mean = sum / n;
    fprintf(stderr, "standard error %.17g\n", sqrt((squares / n - mean * mean) / (n - 1)));
    return answer(mean);
}
