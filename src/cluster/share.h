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
#include "base/error.h"
#include "cluster/ranks.h"
#include "run/team.h"
#include "term/term.h"
#include "run/trace.h"

#include <stdint.h>

struct share;

/*
 * Before the run: rank 0, with its `status` so far, hands the compiled term (NULL: the built-in
 * one) to the others, which take it: *compiled, which may be NULL, is theirs to close, also at a
 * failure; *term is what it was before if the built-in one is added. It reads their own `data`.
 *
 * In this and in share_open all ranks agree: if one has failed, all return the status of the first
 * that did, and rank 0 has its error.
 */
enum status share_term(struct ranks *ranks, enum status status,
                       const struct term_compiled *compiled) MUST_CHECK;
enum status share_take_term(struct ranks *ranks, enum status status, const struct data *data,
                            struct term_compiled **compiled, struct term *term) MUST_CHECK;

/*
 * Begins, with the rank's `status` so far; each rank works with its team, which stays the caller's
 * and must outlive the share. On STATUS_OK the caller owns *opened.
 */
enum status share_open(struct share **opened, struct ranks *ranks, struct team *team,
                       enum status status) MUST_CHECK;
void share_close(struct share *share);

/*
 * Rank 0: the engine that all ranks are. A fault is told once all before it is settled. A rank's
 * stop becomes this one's (control_ask_stop), so a round of no terms is of use too. At the end,
 * with the status that the others are to return, it gathers what their threads have done.
 */
struct engine *share_engine(struct share *share);

/* Rank 0: names the other ranks' rows of a trace. */
void share_name_processes(const struct share *share, struct trace *trace);

/* All ranks but 0: works until rank 0 ends the run, and returns what it said of it. The window is
   an empty one, as large as rank 0's. */
enum status share_serve(struct share *share, struct window *window) MUST_CHECK;

#endif
