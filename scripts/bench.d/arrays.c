/*
 * arrays WHAT N SPREAD THREADS: how long libparsum, or a plain loop, takes for N doubles in memory,
 * as JSON. The doubles are uniform in (-1, 1), times a power of two from 2^-SPREAD to 2^SPREAD, and
 * were touched before. WHAT is sum, dot, variance; plain-sum, plain-dot: vector loads into
 * eight accumulators, which round; ten: the time of one sum of ten doubles.
 *
 * arrays mapped FILE 0 THREADS: the same of the doubles in a file: how long it takes to map it, to
 * bring it into memory and to read it once, and to read it alone.
 */
#include "now.h"

#include <parsum.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#if defined __AVX512F__
#define BYTES 64
#elif defined __AVX__
#define BYTES 32
#else
#define BYTES 16
#endif
typedef double vector __attribute__((vector_size(BYTES)));
typedef int64_t bits __attribute__((vector_size(BYTES)));
enum { LANES = BYTES / 8, ROW = 8 * LANES };

static int64_t n;
static int threads;
static double *x, *y;

/* Fills in parallel, so that pages lie near the threads that will read them. They are large where
   that can be had, as numpy has them, beside which this is measured. */
static double *fill(int64_t seed, int spread)
{
    const size_t page = (size_t)1 << 21, size = ((size_t)n * 8 + page - 1) / page * page;
    double *const to = aligned_alloc(page, size);
    if (to)
        (void)madvise(to, size, MADV_HUGEPAGE);
    if (!to)
        exit(1);
#pragma omp parallel for num_threads(threads)
    for (int64_t j = 0; j < n; j++) {
        uint64_t z = (uint64_t)(j + seed) * UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        const uint64_t exponent = 1023 + z % (2 * (uint64_t)spread + 1) - (uint64_t)spread;
        const uint64_t bits = exponent << 52;
        double scale;
        memcpy(&scale, &bits, sizeof scale);
        to[j] = (double)((int64_t)z | 1) * 0x1p-63 * scale;
    }
    return to;
}

#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define START(k) vector sum##k = {0};
#define LOAD(k)                                                                                    \
    {                                                                                              \
        vector one;                                                                                \
        memcpy(&one, x + j + k * LANES, sizeof one);                                               \
        sum##k += one;                                                                             \
    }
#define LOAD_TWO(k)                                                                                \
    {                                                                                              \
        vector one, other;                                                                         \
        memcpy(&one, x + j + k * LANES, sizeof one);                                               \
        memcpy(&other, y + j + k * LANES, sizeof other);                                           \
        sum##k += one * other;                                                                     \
    }
#define END(k) all += sum##k;

/* As whole numbers, where anything may lie: some doubles are slow to add. */
#define LOAD_BITS(k)                                                                               \
    {                                                                                              \
        vector one;                                                                                \
        memcpy(&one, x + j + k * LANES, sizeof one);                                               \
        sum##k = (vector)((bits)sum##k ^ (bits)one);                                               \
    }

#define DEFINE(NAME, STEP)                                                                         \
    static double NAME(void)                                                                       \
    {                                                                                              \
        double total = 0;                                                                          \
        _Pragma("omp parallel num_threads(threads) reduction(+ : total)")                          \
        {                                                                                          \
            EACH(START)                                                                            \
            _Pragma("omp for schedule(static)") for (int64_t j = 0; j < n / ROW * ROW;             \
                                                     j += ROW){EACH(STEP)} vector all = {0};       \
            EACH(END)                                                                              \
            for (int k = 0; k < LANES; k++)                                                        \
                total += all[k];                                                                   \
        }                                                                                          \
        return total;                                                                              \
    }
DEFINE(plain_sum, LOAD)
DEFINE(plain_dot, LOAD_TWO)
DEFINE(plain_read, LOAD_BITS)

static double sum(void)
{
    return parsum_array_sum(threads, (size_t)n, x, 1);
}

static double dot(void)
{
    return parsum_array_dot(threads, (size_t)n, x, 1, y, 1);
}

static double variance(void)
{
    return parsum_array_variance(threads, (size_t)n, x, 1, 1);
}

/* n of them, so that one is timed as the others are. */
static double ten(void)
{
    double all = 0;
    for (int64_t j = 0; j < n; j++)
        all += parsum_array_sum(1, 10, x + j % (n - 10), 1);
    return all;
}

/* Brings the file into memory, by all threads. */
static int map(const char *path)
{
    struct stat found;
    const int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &found) != 0)
        return 1;
    char *const begin = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (begin == MAP_FAILED)
        return 1;
    const int64_t piece = 4 << 20;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int64_t at = 0; at < found.st_size; at += piece)
        madvise(begin + at, (size_t)(found.st_size - at < piece ? found.st_size - at : piece),
                MADV_POPULATE_READ);
    x = (double *)begin;
    n = found.st_size / 8;
    return 0;
}

static int read_mapped(const char *path)
{
    const double begin = now();
    if (map(path) != 0)
        return 1;
    const double mapped = now();
    const double total = plain_read(), end = now();
    return printf("{\"seconds\": %.12f, \"reading\": %.12f, \"zero\": %d}\n", end - begin,
                  end - mapped, total == 0) < 0;
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        double (*run)(void);
    } all[] = {{"sum", sum},
               {"dot", dot},
               {"variance", variance},
               {"plain-sum", plain_sum},
               {"plain-dot", plain_dot},
               {"ten", ten}};
    if (count != 5)
        return 2;
    n = atoll(words[2]);
    threads = atoi(words[4]);
    if (strcmp(words[1], "mapped") == 0)
        return read_mapped(words[2]);
    x = fill(1, atoi(words[3]));
    y = fill(1000000007, atoi(words[3]));
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if (strcmp(words[1], all[k].name) != 0)
            continue;
        double best = 1e9, total = 0;
        for (int turn = 0; turn < 5; turn++) {
            const double begin = now();
            total = all[k].run();
            const double took = now() - begin;
            best = took < best ? took : best;
        }
        const double each = strcmp(words[1], "ten") == 0 ? (double)n : 1;
        return printf("{\"seconds\": %.12f, \"value\": %.17g}\n", best / each, total) < 0;
    }
    return 2;
}
