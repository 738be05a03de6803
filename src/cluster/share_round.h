/*
 * share_round: a round as each rank sees it, rank 0 or not.
 */
#ifndef PARSUM_SHARE_ROUND_H
#define PARSUM_SHARE_ROUND_H

#include "base/bytes.h"
#include "run/window.h"
#include "cluster/deal.h"
#include "base/error.h"
#include "base/machine.h"
#include "cluster/ranks.h"
#include "run/team.h"
#include "term/term.h"

#include <stddef.h>
#include <stdint.h>

struct share {
    struct engine engine;
    struct team *team;
    struct ranks *ranks;
    size_t number, count;
    struct bytes out, in;

    /* The round, on all ranks. */
    struct deal deal;
    struct gap *gaps;
    size_t gaps_room;
    uint32_t *weights;
    struct piece *pieces;
    size_t pieces_room;

    /* Its sums: of the team's reduction, and of the pieces, which must be the same. */
    struct sums *reduction, *booked;

    /* Rank 0. */
    struct ahead ahead;
    int *threads;      /* of each rank */
    double *speed;     /* terms a nanosecond, of each rank; 0: not known */
    int64_t *shift_ns; /* of each rank: what rank 0's clock reads when its own reads 0 */
    char (*hosts)[MACHINE_NAME];
};

/* The engine's calls on rank 0 (share_lead). */
uint64_t share_ahead(const struct engine *engine);
enum status share_compute(struct engine *engine, struct window *window, const struct order *order,
                          struct sums *total, struct outcome *outcome) MUST_CHECK;

/* The end, on each rank: sends rank 0 what each thread has done; STATUS_FAILED if memory is short.
 */
enum status share_send_threads(struct share *share) MUST_CHECK;

/* On each rank: sends rank 0 what its threads have added up by key, and forgets it. */
enum status share_send_table(struct share *share) MUST_CHECK;

/* Room for more than `count` elements, or NULL; the content is lost. */
void *share_make_room(void *array, size_t *room, size_t count, size_t size);

/* Cuts the window to this rank's pieces of the round that share->deal, gaps and weights describe.
 */
enum status share_take(struct share *share, struct window *window) MUST_CHECK;

/* Works on them; what is done, and the first fault, go ahead. */
enum status share_work(struct share *share, struct window *window, uint64_t limit_ns,
                       struct team_outcome *outcome) MUST_CHECK;

#endif
