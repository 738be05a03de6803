#include "run/run_resume.h"

/*
 * Memory of a list: a round ends early once it has so many hits, of 32 bytes each, and the chunks
 * in hand may add as many as they have terms.
 */
#define ROUND_HITS ((size_t)1 << 18)
#define LIST_GRAIN ((uint64_t)1 << 17)

bool run_has_enough(const struct run *run)
{
    return run->spec.first > 0 && run->result->hits >= run->spec.first;
}

uint64_t run_list_grain(const struct run *run, uint64_t grain)
{
    return run->spec.term->find && grain > LIST_GRAIN ? LIST_GRAIN : grain;
}

void run_want_hits(struct run *run)
{
    const uint64_t left = run->spec.first - run->result->hits;
    run->window.enough = run->spec.first > 0 && left < ROUND_HITS ? (size_t)left : ROUND_HITS;
}

enum status run_tell_hit(struct run *run, const struct hit *hit)
{
    const struct run_listener *const listener = run->spec.listener;
    const struct window *const window = &run->window;
    enum status status = STATUS_OK;
    run->settled_hits++;
    if (run->spec.journal)
        status = journal_note_hit(run->spec.journal, hit);
    if (status || run_has_enough(run))
        return status;
    run->result->hits++;
    return listener->hit
               ? listener->hit(listener->context, window->jobs[hit->run - window->run_base], hit)
               : STATUS_OK;
}

enum status run_tell_hits(struct run *run)
{
    struct hits *const hits = &run->window.hits;
    enum status status = hits->failed
                             ? error_set(STATUS_FAILED, "memory is short for so many hits (--list)")
                             : STATUS_OK;
    if (hits->count > 0)
        TELL(run, before_jobs);
    for (size_t k = 0; k < hits->count && !status; k++)
        status = run_tell_hit(run, &hits->at[k]);
    hits_empty(hits);
    return status;
}
