/*
 * team_slots: where the threads of a team add up, by key as well, and keep the hits of a list.
 * There is one slot more than threads, for a team that has but one. Belongs to team.
 */
#ifndef PARSUM_TEAM_SLOTS_H
#define PARSUM_TEAM_SLOTS_H

#include "run/team.h"

#include <stdbool.h>
#include <stddef.h>

/* False if memory is short. Freeing may be repeated, also after that. */
bool team_make_slots(struct team *team, size_t most_keys);
void team_free_slots(struct team *team);

struct tally team_slot(const struct team *team, size_t slot);

/* An engine's `collect`. */
enum status team_collect(struct engine *engine, struct table *into) MUST_CHECK;

/* Before a round: there are no hits. */
void team_empty_hits(struct team *team);

/* Counts those of chunk c, which is done; false: there are enough. Thread-safe. */
bool team_count_hits(struct team *team, const struct window *window, size_t c);

#endif
