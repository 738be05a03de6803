/*
 * limit TERMS: how long this machine takes for two vector additions a term, one for the index and
 * one for the sum, if nothing but the adders holds it up; prints JSON.
 *
 * Each thread adds to twelve vectors that don't depend on each other, with the widest vectors that
 * the compiler is told of, and shares the additions evenly. The empty asm takes every vector as an
 * operand that it may read and change, so each addition must be made before it; the vectors stay in
 * registers (build with optimisation and -march=native).
 */
#define _POSIX_C_SOURCE 199309L
#include "now.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#if defined __AVX512F__
enum { BYTES = 64 };
#elif defined __AVX2__
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { VECTORS = 12, LANES = BYTES / 8 };

typedef uint64_t vector __attribute__((vector_size(BYTES)));

#if defined __x86_64__
#define IN_REGISTER "+x"
#elif defined __aarch64__
#define IN_REGISTER "+w"
#else
#define IN_REGISTER "+m"
#endif
#define KEEP(a, b, c, d, e, f)                                                                     \
    __asm__ volatile(""                                                                            \
                     : IN_REGISTER(a), IN_REGISTER(b), IN_REGISTER(c), IN_REGISTER(d),             \
                       IN_REGISTER(e), IN_REGISTER(f))

/* Makes `rounds` times VECTORS vector additions. */
static uint64_t add(int64_t rounds, uint64_t step)
{
    vector a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
    vector by = a + step;
    for (int64_t round = 0; round < rounds; round++) {
        a += by, b += by, c += by, d += by, e += by, f += by;
        KEEP(a, b, c, d, e, f);
        g += by, h += by, i += by, j += by, k += by, l += by;
        KEEP(g, h, i, j, k, l);
    }
    a += b + c + d + e + f + g + h + i + j + k + l;
    return a[0];
}

int main(int argc, char **argv)
{
    int64_t terms = argc > 1 ? strtoll(argv[1], NULL, 10) : 0;
    int64_t rounds = 2 * terms / (VECTORS * LANES);
    uint64_t step = (uint64_t)argc, sum = 0;

    double begin = now();
#pragma omp parallel for reduction(+ : sum) schedule(dynamic)
    for (int part = 0; part < 64; part++)
        sum += add(rounds / 64, step);
    double seconds = now() - begin;

    if (sum != (uint64_t)(rounds / 64 * 64 * VECTORS) * step)
        return 1;
    printf("{\"seconds\": %.9f, \"bits\": %d}\n", seconds, 8 * BYTES);
    return 0;
}
