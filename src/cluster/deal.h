/*
 * deal: which rank works on what in a round, and what is done ahead of the settled part.
 *
 *     run         |== settled ==|--------- round 7 ---------|
 *     dealt       |             |0 |1  |2|0 |1  |2|0 |1  |2|     (rank 1 is the fastest)
 *     done        |             |==|===|=|==|===| |  |==   |     when the clock cut the round short
 *     round 8     |== settled ==============|===|*|**|==***|***
 *
 * A round is dealt out in cycles, in each of which every rank gets a piece as long as it is fast,
 * so terms that grow dearer along the run do so for all. The clock ends a round a little before its
 * work does, for all ranks at once, so none waits for another however wrong the speeds were; what
 * is left over are gaps, dealt again, first of all, in the next round.
 *
 * Pure functions on memory of the caller but for what is ahead, which is kept on the heap.
 */
#ifndef PARSUM_DEAL_H
#define PARSUM_DEAL_H

#include "run/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done ahead of the settled part; {.limit = UINT64_MAX} is nothing. */
struct ahead {
    struct span *spans; /* in order and apart from each other, except between add and settle */
    size_t count, room;
    uint64_t limit; /* nothing from this position on is wanted: there is the first fault */
    struct fault fault;
    uint64_t fault_run; /* its job's run number */
};

/* Notes a span that was done, and owns it from now on; false if memory is short, and then it is
   cleared. */
bool ahead_add(struct ahead *ahead, struct span *span);

/* Notes that job `run` has a fault, found in a chunk that begins at `position`. */
void ahead_add_fault(struct ahead *ahead, uint64_t position, struct fault fault, uint64_t run);

/* Settles what can be, and adds it to *total. The fault counts once all before it is settled: true
   says that it does. */
bool ahead_settle(struct ahead *ahead, struct window *window, struct sums *total);

/* How many terms are done ahead. */
uint64_t ahead_terms(const struct ahead *ahead);

/* Forgets what is ahead, keeps its memory. */
void ahead_forget(struct ahead *ahead);
void ahead_clear(struct ahead *ahead);

/* Positions [begin, end) to be worked on. */
struct gap {
    uint64_t begin, end;
};

/*
 * The first `terms` terms that are neither settled nor done ahead nor beyond the limit, in order.
 * Writes at most ahead->count + 1 gaps, returns how many.
 */
size_t deal_find_gaps(const struct ahead *ahead, const struct window *window, uint64_t terms,
                      struct gap *gaps);

/* How the gaps are dealt out; all ranks must see the same. */
struct deal {
    const struct gap *gaps; /* gap_count > 0 of them, none empty */
    size_t gap_count;
    const uint32_t *weights; /* one a rank, above 0: its speed in any unit */
    size_t ranks;
    uint32_t cycles; /* 1 or more: every rank gets at most this many pieces of all gaps together */
    bool whole_gaps; /* no gap is cut in two */
    uint64_t grain;  /* pieces are multiples of it, as far as they can; GRAIN_JOB: whole jobs */
};

/*
 * The pieces of `rank`, in order, none of them empty; together the ranks' pieces are the gaps.
 * Writes at most cycles + gap_count pieces, returns how many. `window` holds the jobs of the gaps.
 */
size_t deal_pieces(const struct deal *deal, size_t rank, const struct window *window,
                   struct piece *pieces);

#endif
