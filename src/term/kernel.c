#include "term/kernel.h"

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
 * Rows of CHAINS vectors first, then single vectors, then the first lanes of one.
 */
#define DEFINE_ADD(NAME, TARGET, VECTOR, LANES, CHAINS, EACH)                                      \
    TARGET static uint64_t NAME(uint64_t i, uint64_t n)                                            \
    {                                                                                              \
        const uint64_t row_terms = (uint64_t)(LANES) * (CHAINS);                                   \
        VECTOR ramp = {0};                                                                         \
        for (unsigned lane = 0; lane < (LANES); lane++)                                            \
            ramp[lane] = i + lane;                                                                 \
        VECTOR sum = {0};                                                                          \
        if (n >= row_terms) {                                                                      \
            EACH(START_CHAIN, VECTOR, LANES)                                                       \
            const VECTOR step = (VECTOR){0} + row_terms;                                           \
            for (uint64_t row = n / row_terms; row > 0; row--) {                                   \
                EACH(STEP_CHAIN, VECTOR, LANES)                                                    \
            }                                                                                      \
            EACH(END_CHAIN, VECTOR, LANES)                                                         \
            ramp = index0;                                                                         \
        }                                                                                          \
        for (uint64_t k = n / (LANES) % (CHAINS); k > 0; k--) {                                    \
            sum += ramp;                                                                           \
            ramp += (LANES);                                                                       \
            KEEP_VECTOR(ramp);                                                                     \
        }                                                                                          \
        sum += ramp & (VECTOR)(ramp - ramp[0] < n % (LANES)); /* the lanes of the rest */          \
        uint64_t total = 0;                                                                        \
        for (unsigned lane = 0; lane < (LANES); lane++)                                            \
            total += sum[lane];                                                                    \
        return total;                                                                              \
    }
#define START_CHAIN(k, VECTOR, LANES)                                                              \
    VECTOR sum##k = {0}, index##k = ramp + (uint64_t)(k) * (LANES);
#define STEP_CHAIN(k, VECTOR, LANES)                                                               \
    sum##k += index##k;                                                                            \
    index##k += step;                                                                              \
    KEEP_VECTOR(index##k);
#define END_CHAIN(k, VECTOR, LANES) sum += sum##k;
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
DEFINE_ADD(add_avx2, __attribute__((target("avx2"))), vector256, 4, 4, EACH_OF_4)
/* 32 registers: eight and eight. */
DEFINE_ADD(add_avx512, __attribute__((target("avx512f"))), vector512, 8, 8, EACH_OF_8)
#endif

/* Block by block. */
#define DEFINE_SUM(NAME, ADD)                                                                      \
    static int128 NAME(int64_t start, int64_t end)                                                 \
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
    }
DEFINE_SUM(sum_plain, add_plain)
DEFINE_SUM(sum_baseline, add_baseline)
#if defined(__x86_64__)
DEFINE_SUM(sum_avx2, add_avx2)
DEFINE_SUM(sum_avx512, add_avx512)
#endif

const struct kernel *kernel_list(size_t *count)
{
    static const struct kernel kernels[] = {
#if defined(__x86_64__)
        {"avx512", 512, sum_avx512},
        {"avx2", 256, sum_avx2},
#endif
        {"baseline", 128, sum_baseline},
        {"plain", 64, sum_plain},
    };
    size_t first = 0;
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx512f"))
        first = __builtin_cpu_supports("avx2") ? 1 : 2;
#endif
    *count = sizeof kernels / sizeof *kernels - first;
    return kernels + first;
}

static bool add_built_in(const void *context, const struct term_job *job, int64_t start,
                         int64_t end, struct sums *sums, struct fault *fault)
{
    (void)job;
    const struct kernel *kernel = context;
    (void)fault;
    *sums_integer(sums) += kernel->sum(start, end);
    return true;
}

struct term kernel_built_in(void)
{
    size_t count;
    const struct kernel *kernel = kernel_list(&count);
    return (struct term){
        .results = &results_integer,
        .add = add_built_in,
        .context = kernel,
        .source = "i",
        .kernel = kernel->name,
        .built_in = true,
        .term_ns = 0.05,
    };
}
