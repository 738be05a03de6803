#include "run/team_slots.h"

#include <stdlib.h>

/* From one thread's slot to the next, in bytes: no cache line is shared. */
static size_t slot_size(const struct layout *layout)
{
    const size_t line = 64;
    return (2 * layout->size + 2 * line - 1) / line * line;
}

static size_t slot_count(const struct team *team)
{
    return (size_t)team->engine.threads + 1;
}

/* A table for each slot, if the term is keyed. False if memory is short. */
static bool make_tables(struct team *team, size_t most)
{
    const struct results *const results = team->term->by_key;
    if (!results)
        return true;
    team->tables = calloc(slot_count(team), sizeof *team->tables);
    for (size_t slot = 0; team->tables && slot < slot_count(team); slot++)
        team->tables[slot] = (struct table){.results = results, .most = most};
    return team->tables;
}

bool team_make_slots(struct team *team, size_t most_keys)
{
    const size_t count = slot_count(team);
    team->slots = calloc(count, slot_size(&team->term->results->layout));
    if (team->term->find)
        team->hits = calloc(count, sizeof *team->hits);
    return team->slots && (!team->term->find || team->hits) && make_tables(team, most_keys);
}

void team_free_slots(struct team *team)
{
    for (size_t slot = 0; slot < slot_count(team); slot++) {
        if (team->tables)
            table_clear(&team->tables[slot]);
        if (team->hits)
            hits_clear(&team->hits[slot]);
    }
    free(team->tables);
    free(team->hits);
    free(team->slots);
    team->tables = NULL;
    team->hits = NULL;
    team->slots = NULL;
}

struct tally team_slot(const struct team *team, size_t slot)
{
    const struct layout *const layout = &team->term->results->layout;
    struct sums *const sums = (struct sums *)(team->slots + slot * slot_size(layout));
    return (struct tally){
        .total = sums,
        .job = sums_block(layout, sums, 1),
        .table = team->tables ? &team->tables[slot] : NULL,
        .hits = team->hits ? &team->hits[slot] : NULL,
    };
}

enum status team_collect(struct engine *engine, struct table *into)
{
    struct team *const team = (struct team *)engine;
    enum table_status status = TABLE_FINE;
    for (int slot = 0; slot <= engine->threads && !status; slot++) {
        status = table_merge(into, &team->tables[slot]);
        table_empty(&team->tables[slot]);
    }
    return engine_table_status(status, into->most);
}

void team_empty_hits(struct team *team)
{
    atomic_store(&team->found, 0);
    for (size_t slot = 0; team->hits && slot < slot_count(team); slot++)
        hits_empty(&team->hits[slot]);
}

bool team_count_hits(struct team *team, const struct window *window, size_t c)
{
    const size_t count = window->found[c].count;
    return atomic_fetch_add(&team->found, count) + count < window->enough;
}
