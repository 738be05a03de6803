#include "term/kernel.h"

#include "base/cpu.h"

/*
 * How a sum of 128 bits comes out of 64-bit lanes. The lanes wrap: together they hold W, the sum of
 * all i of the block [a, a + n), modulo 2^64. The true sum is n*a + R with 0 <= R <= n(n-1)/2, so
 * for n <= 2^32 it lies in a window of less than 2^64 numbers, in which W alone decides which one
 * it is:
 *
 *     sum = n*a + ((W - n*a) mod 2^64)
 *
 * That holds over the whole signed 64-bit range, and no lane can go wrong by overflowing.
 */
#define BLOCK_TERMS ((uint64_t)1 << 32)

static inline int128 widen(int64_t a, uint64_t n, uint64_t wrapped)
{
    const uint64_t rest = wrapped - n * (uint64_t)a;
    return (int128)n * a + rest;
}

/*
 * KEEP makes the compiler believe that x might have changed, so that it can't replace the loop by
 * n(n-1)/2 (Clang would) or merge the index vectors. It costs no instruction.
 */
#if defined(__x86_64__)
#define KEEP_VECTOR(x) __asm__("" : "+v"(x))
#elif defined(__aarch64__)
#define KEEP_VECTOR(x) __asm__("" : "+w"(x))
#else
#define KEEP_VECTOR(x) __asm__("" : "+m"(x))
#endif
#define KEEP(x) __asm__("" : "+r"(x))

/* The slow, obvious twin of the vector loops. */
static uint64_t add_plain(uint64_t i, uint64_t n)
{
    uint64_t sum = 0;
    for (; n > 0; n--) {
        sum += i++;
        KEEP(i);
    }
    return sum;
}

/*
 * A vector loop: CHAINS named accumulators and as many named index vectors, so that the additions
 * of one do not wait for another's. Named, not in an array: GCC 12 keeps an array of eight on the
 * stack, which is four times slower. Two additions give LANES terms, one to add up and one to make
 * the next indices; that is the machine's limit, and the loop reaches it (scripts/bench).
 *
 * Rows of CHAINS vectors first, then the first lanes of one more row: how many, no branch asks, as
 * in jobs of some ten terms a CPU would guess wrong nearly each time.
 */
#define DEFINE_ADD(NAME, TARGET, VECTOR, LANES, CHAINS, EACH)                                      \
    TARGET static inline uint64_t NAME(uint64_t i, uint64_t n)                                     \
    {                                                                                              \
        const uint64_t row_terms = (uint64_t)(LANES) * (CHAINS);                                   \
        VECTOR lanes = {0};                                                                        \
        for (unsigned lane = 0; lane < (LANES); lane++)                                            \
            lanes[lane] = lane;                                                                    \
        EACH(START_CHAIN, VECTOR, LANES)                                                           \
        const VECTOR step = (VECTOR){0} + row_terms;                                               \
        for (uint64_t row = n / row_terms; row > 0; row--) {                                       \
            EACH(STEP_CHAIN, VECTOR, LANES)                                                        \
        }                                                                                          \
        const VECTOR rest = (VECTOR){0} + n % row_terms;                                           \
        EACH(END_CHAIN, VECTOR, LANES)                                                             \
        EACH(JOIN_CHAIN, VECTOR, LANES)                                                            \
        uint64_t total = 0;                                                                        \
        for (unsigned lane = 0; lane < (LANES); lane++)                                            \
            total += sum0[lane];                                                                   \
        return total;                                                                              \
    }
#define START_CHAIN(k, VECTOR, LANES)                                                              \
    const VECTOR lanes##k = lanes + (uint64_t)(k) * (LANES);                                       \
    VECTOR sum##k = {0}, index##k = lanes##k + i;
#define STEP_CHAIN(k, VECTOR, LANES)                                                               \
    sum##k += index##k;                                                                            \
    index##k += step;                                                                              \
    KEEP_VECTOR(index##k);
#define END_CHAIN(k, VECTOR, LANES) sum##k += index##k & (VECTOR)(lanes##k < rest);
#define JOIN_CHAIN(k, VECTOR, LANES)                                                               \
    if ((k) > 0)                                                                                   \
        sum0 += sum##k;
#define EACH_OF_4(DO, VECTOR, LANES)                                                               \
    DO(0, VECTOR, LANES) DO(1, VECTOR, LANES) DO(2, VECTOR, LANES) DO(3, VECTOR, LANES)
#define EACH_OF_8(DO, VECTOR, LANES)                                                               \
    EACH_OF_4(DO, VECTOR, LANES)                                                                   \
    DO(4, VECTOR, LANES) DO(5, VECTOR, LANES) DO(6, VECTOR, LANES) DO(7, VECTOR, LANES)

typedef uint64_t vector128 __attribute__((vector_size(16)));
DEFINE_ADD(add_baseline, , vector128, 2, 4, EACH_OF_4)

#if defined(__x86_64__)
typedef uint64_t vector256 __attribute__((vector_size(32)));
typedef uint64_t vector512 __attribute__((vector_size(64)));
/* 16 registers: four accumulators, four indices and the step leave some for the compiler. */
#define WITH_AVX2 __attribute__((target("avx2")))
DEFINE_ADD(add_avx2, WITH_AVX2, vector256, 4, 4, EACH_OF_4)
/* 32 registers: eight and eight. */
#define WITH_AVX512 __attribute__((target("avx512f")))
DEFINE_ADD(add_avx512, WITH_AVX512, vector512, 8, 8, EACH_OF_8)
#endif

/* Block by block; and the jobs of a batch, one by one. */
#define DEFINE_SUM(NAME, TARGET, ADD)                                                              \
    static TARGET int128 sum_##NAME(int64_t start, int64_t end)                                    \
    {                                                                                              \
        int128 sum = 0;                                                                            \
        uint64_t left = (uint64_t)end - (uint64_t)start;                                           \
        for (uint64_t i = (uint64_t)start; left > 0;) {                                            \
            const uint64_t n = left < BLOCK_TERMS ? left : BLOCK_TERMS;                            \
            sum += widen((int64_t)i, n, ADD(i, n));                                                \
            i += n;                                                                                \
            left -= n;                                                                             \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
    static TARGET int128 sum_each_##NAME(const struct job *jobs, size_t count,                     \
                                         union value *values)                                      \
    {                                                                                              \
        int128 total = 0;                                                                          \
        for (size_t k = 0; k < count; k++) {                                                       \
            const int64_t start = jobs[k].start;                                                   \
            const uint64_t n = job_terms(jobs[k]);                                                 \
            values[k].integer = n <= BLOCK_TERMS ? widen(start, n, ADD((uint64_t)start, n))        \
                                                 : sum_##NAME(start, jobs[k].end);                 \
            total += values[k].integer;                                                            \
        }                                                                                          \
        return total;                                                                              \
    }
DEFINE_SUM(plain, , add_plain)
DEFINE_SUM(baseline, , add_baseline)
#if defined(__x86_64__)
DEFINE_SUM(avx2, WITH_AVX2, add_avx2)
DEFINE_SUM(avx512, WITH_AVX512, add_avx512)
#endif

const struct kernel *kernel_list(size_t *count)
{
    static const struct kernel kernels[] = {
#if defined(__x86_64__)
        {"avx512", 512, sum_avx512, sum_each_avx512},
        {"avx2", 256, sum_avx2, sum_each_avx2},
#endif
        {"baseline", 128, sum_baseline, sum_each_baseline},
        {"plain", 64, sum_plain, sum_each_plain},
    };
    size_t first = 0;
#if defined(__x86_64__)
    if (!CPU_HAS("avx512f", AVX512F))
        first = CPU_HAS("avx2", AVX2) ? 1 : 2;
#endif
    *count = sizeof kernels / sizeof *kernels - first;
    return kernels + first;
}

static bool add_built_in(const void *context, const struct term_job *job, int64_t start,
                         int64_t end, struct sums *sums, struct fault *fault)
{
    (void)job, (void)fault;
    const struct kernel *const kernel = context;
    *sums_integer(sums) += kernel->sum(start, end);
    return true;
}

static void add_each(const void *context, const struct job *jobs, size_t count, union value *values,
                     struct sums *sums)
{
    const struct kernel *const kernel = context;
    *sums_integer(sums) += kernel->sum_each(jobs, count, values);
}

struct term kernel_built_in(void)
{
    size_t count;
    const struct kernel *kernel = kernel_list(&count);
    return (struct term){
        .results = &results_integer,
        .add = add_built_in,
        .add_each = add_each,
        .context = kernel,
        .source = "i",
        .kernel = kernel->name,
        .built_in = true,
        .term_ns = 0.05,
    };
}
