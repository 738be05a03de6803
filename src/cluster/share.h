/*
 * share: the rounds of a run that several ranks share.
 *
 * Rank 0 runs the run: it announces each round, works on its own share of it like all others, and
 * hears what each has done. The others only serve. What goes over the network in a round is bounded
 * by the window: its jobs down; up, for each piece, the exact sums at its edges and the rounded
 * sums of the jobs within.
 *
 * Numbers travel as they lie in memory, so the ranks must run the same program on machines of one
 * byte order.
 */
#ifndef PARSUM_SHARE_H
#define PARSUM_SHARE_H

#include "run/window.h"
#include "base/diag.h"
#include "cluster/ranks.h"
#include "run/team.h"
#include "term/term.h"
#include "run/trace.h"

#include <stdint.h>

struct share;

/*
 * Before the run: rank 0, with its `status` so far, hands the compiled term (NULL: the built-in
 * one) to the others, which take it: *compiled, which may be NULL, is theirs to close, also at a
 * failure; *term is what it was before if the built-in one is added.
 *
 * In this and in share_open all ranks agree: if one has failed, all return the status of the first
 * that did, and rank 0 tells its message.
 */
enum status share_term(struct ranks *ranks, enum status status,
                       const struct term_compiled *compiled) MUST_CHECK;
enum status share_take_term(struct ranks *ranks, struct term_compiled **compiled,
                            struct term *term) MUST_CHECK;

/* Begins, with the rank's `status` so far. On STATUS_OK the caller owns *opened. */
enum status share_open(struct share **opened, struct ranks *ranks, int threads,
                       enum status status) MUST_CHECK;
void share_close(struct share *share);

/* How many ranks there are, and their threads, all together; rank 0. */
int share_ranks(const struct share *share);
int share_threads(const struct share *share);

/* Names the other ranks' rows of a trace; rank 0. */
void share_name_processes(const struct share *share, struct trace *trace);

/* Terms that are done but not settled; rank 0. */
uint64_t share_ahead(const struct share *share);

/* What rank 0 wants of a round. */
struct order {
    uint64_t terms;
    uint64_t grain;
    uint64_t limit_ns; /* how long it may last, but for the chunks in hand; 0: until it is done */
};

/*
 * Rank 0: a round, over all ranks, of the window's first `order->terms` terms that are not done.
 * Settles what can be, and adds it to *total; chunks_done of the outcome is of no use. `fault` is
 * set once all before it is settled. A rank's signal to stop becomes this one's (signals_adopt), so
 * a round of no terms is of use too.
 */
enum status share_compute(struct share *share, struct window *window, const struct term *term,
                          struct team *team, const struct order *order, struct exact *total,
                          struct outcome *outcome) MUST_CHECK;

/*
 * Rank 0, at the end of the run, whatever came of it: ends the other ranks with `status`, and makes
 * *all a team of all ranks' threads, with what each has done; the caller closes it.
 */
enum status share_end(struct share *share, enum status status, const struct team *team,
                      struct team *all) MUST_CHECK;

/* All ranks but 0: works until rank 0 ends the run, and returns what it said of it. The window is
   an empty one, as large as rank 0's. */
enum status share_serve(struct share *share, struct window *window, const struct term *term,
                        struct team *team) MUST_CHECK;

#endif
