#include "term/hits.h"

#include <stdlib.h>
#include <string.h>

/* The first hits of an array need no second allocation. */
enum { LEAST = 256 };

struct hit *hits_room(struct hits *hits, size_t more)
{
    if (hits->room - hits->count < more) {
        const size_t room = 2 * (hits->count + more) + LEAST;
        struct hit *const at = realloc(hits->at, room * sizeof *at);
        if (!at) {
            hits->failed = true;
            return NULL;
        }
        hits->at = at;
        hits->room = room;
    }
    return hits->at + hits->count;
}

void hits_add(struct hits *into, const struct hits *from, size_t first, size_t count)
{
    into->failed |= from->failed;
    if (count == 0)
        return;
    struct hit *const to = hits_room(into, count);
    if (!to)
        return;
    memcpy(to, from->at + first, count * sizeof *to);
    into->count += count;
}

void hits_empty(struct hits *hits)
{
    hits->count = 0;
    hits->failed = false;
}

void hits_clear(struct hits *hits)
{
    free(hits->at);
    *hits = (struct hits){0};
}
