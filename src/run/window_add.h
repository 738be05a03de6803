/* window_add: adds up a chunk. Belongs to window; these are what it needs of it. */
#ifndef PARSUM_WINDOW_ADD_H
#define PARSUM_WINDOW_ADD_H

#include "run/window.h"

/* Job j is done, and `sums` are its. False if a result does not fit. */
bool window_finish(struct window *window, size_t j, const struct sums *sums);

/* Where chunk c ends, and what it leaves at its edges. */
uint64_t chunk_end(const struct window *window, size_t c);
struct edge chunk_edge(const struct window *window, size_t c);

#endif
