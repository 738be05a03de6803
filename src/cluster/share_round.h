/*
 * share_round: a round as each rank sees it, rank 0 or not.
 */
#ifndef PARSUM_SHARE_ROUND_H
#define PARSUM_SHARE_ROUND_H

#include "base/bytes.h"
#include "run/window.h"
#include "cluster/deal.h"
#include "base/diag.h"
#include "base/machine.h"
#include "cluster/ranks.h"
#include "run/team.h"
#include "term/term.h"

#include <stddef.h>
#include <stdint.h>

struct share {
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

    /* Rank 0. */
    struct ahead ahead;
    int *threads;      /* of each rank */
    double *speed;     /* terms a nanosecond, of each rank; 0: not known */
    int64_t *shift_ns; /* of each rank: what rank 0's clock reads when its own reads 0 */
    char (*hosts)[MACHINE_NAME];
    int all_threads;
};

/* The end, on each rank: sends rank 0 what each thread has done. */
void share_send_workers(struct share *share, const struct team *team);

/* Room for more than `count` elements, or NULL; the content is lost. */
void *share_make_room(void *array, size_t *room, size_t count, size_t size);

/* Cuts the window to this rank's pieces of the round that share->deal, gaps and weights describe.
 */
enum status share_take(struct share *share, struct window *window) MUST_CHECK;

/* Works on them; what is done, and the first fault, go ahead. */
enum status share_work(struct share *share, struct window *window, const struct term *term,
                       struct team *team, uint64_t limit_ns, struct outcome *outcome) MUST_CHECK;

#endif
