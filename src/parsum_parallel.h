/*
 * parsum_parallel: adds up arrays on several threads: a team's round of one job, whose term at j is
 * that element j goes to the sums of the thread that folds it.
 */
#ifndef PARSUM_PARALLEL_H
#define PARSUM_PARALLEL_H

#include "exact/array.h"

#include <stddef.h>

/*
 * How many threads a run may have of which so many are wanted, as parsum.h says of `threads`.
 * Thread-safe.
 */
size_t parallel_threads(int wanted);

/*
 * array_add, on as many threads as parsum.h says of `threads`. Cannot fail: the calling thread
 * works alone where the others cannot be had. Thread-safe.
 */
void parallel_add(int threads, struct array_sums to, size_t n, struct array x, struct array y);

#endif
