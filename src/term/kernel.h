/*
 * kernel: the built-in term, i itself, added up with the widest vectors of this CPU.
 *
 * Every integer of the range is generated and added in a 64-bit lane; no closed form is used, and
 * the compiler is kept from finding one.
 */
#ifndef PARSUM_KERNEL_H
#define PARSUM_KERNEL_H

#include "exact/exact.h"
#include "jobs/job.h"
#include "term/term.h"

#include <stddef.h>
#include <stdint.h>

/* One way to add up [start, end), start <= end: any range of 64-bit integers. Pure; thread-safe. */
struct kernel {
    const char *name;     /* "avx512", "avx2", "baseline", "plain" */
    unsigned vector_bits; /* width of the vectors it adds */
    int128 (*sum)(int64_t start, int64_t end);
    /* Sums up each of some jobs; returns what they are together, of at most 2^63-1 terms. */
    int128 (*sum_each)(const struct job *jobs, size_t count, union value *values);
};

/* The kernels that this CPU can run, the fastest first; the last one is the plain loop. */
const struct kernel *kernel_list(size_t *count);

/* The built-in term with the fastest kernel. */
struct term kernel_built_in(void);

/*
 * What the sum over [start, end) must be, by arithmetic: n (start + end - 1) / 2. Pure;
 * thread-safe. Inline and without a branch that depends on n, as it runs once a job.
 */
static inline int128 kernel_expected(int64_t start, int64_t end)
{
    if (end <= start)
        return 0;
    /* If n is odd the other factor is even, and n / 2 leaves out half of it. */
    const uint64_t n = (uint64_t)end - (uint64_t)start;
    const int128 ends = (int128)start + end - 1;
    return (n >> 1) * ends + ((ends >> 1) & -(int128)(n & 1));
}

#endif
