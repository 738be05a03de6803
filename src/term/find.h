/*
 * find: looks for hits in the values of a group of integers. The group is looked at as a whole
 * first, with vectors, so a group without a hit costs next to nothing.
 *
 * Thread-safe as long as no two threads use one array of hits.
 */
#ifndef PARSUM_FIND_H
#define PARSUM_FIND_H

#include "exact/fold.h"
#include "term/hits.h"
#include "term/inside/term_abi.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Adds those of the n values x, of `type`, that are not 0 to *hits; the first one is that of
 * `start` in job `run`. Returns an enum term_trouble: TERM_MEMORY, or TERM_NAN or TERM_INFINITE at
 * *at, the first such integer.
 */
int find_group(struct hits *hits, uint64_t run, int64_t start, size_t n, const void *x,
               enum fold_type type, struct term_place *at);

#endif
