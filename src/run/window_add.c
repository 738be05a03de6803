#include "run/window_add.h"

#include "base/activity.h"
#include "run/window_short.h"

#include <pthread.h>

/* Terms are added up by key, and counted. */
static bool add_by_key(const struct term *term, const struct term_job *job, int64_t start,
                       int64_t end, struct table *table, struct sums *sums, struct fault *fault)
{
    *sums_integer(sums) += (int128)end - start;
    return term->add_by_key(term->context, job, start, end, table, fault);
}

/* Hits are kept in order, and counted. */
static bool find_hits(const struct term *term, const struct term_job *job, int64_t start,
                      int64_t end, struct hits *hits, struct sums *sums, struct fault *fault)
{
    const size_t before = hits->count;
    const bool looked = term->find(term->context, job, start, end, hits, fault);
    *sums_integer(sums) += (int128)(hits->count - before);
    return looked;
}

/* Adds the terms at positions [from, to) of job j to *sums. */
static bool add_piece(const struct window *window, size_t j, uint64_t from, uint64_t to,
                      const struct term *term, const struct tally *tally, struct sums *sums,
                      struct chunk_fault *fault)
{
    const uint64_t start = (uint64_t)window->jobs[j].start - window->begin[j];
    fault->job = j;
    const int64_t first = (int64_t)(start + from), end = (int64_t)(start + to);
    if (term->built_in)
        return term->add(term->context, NULL, first, end, sums, &fault->fault);
    const struct row *const row = window->jobs[j].row;
    const struct term_job job = {(int64_t)(window->run_base + j),
                                 row ? (const union term_number *)row->numbers : NULL};
    bool added;
    activity_enter(window->run_base + j, window->run_base + j, first, end);
    pthread_cleanup_push(activity_ended, NULL);
    added = tally->table  ? add_by_key(term, &job, first, end, tally->table, sums, &fault->fault)
            : tally->hits ? find_hits(term, &job, first, end, tally->hits, sums, &fault->fault)
                          : term->add(term->context, &job, first, end, sums, &fault->fault);
    pthread_cleanup_pop(0);
    activity_leave();
    return added;
}

/* Adds up job j, which lies whole within a chunk, and adds its sums to *whole. */
static bool add_job(struct window *window, size_t j, const struct term *term, struct sums *whole,
                    const struct tally *tally, struct chunk_fault *fault)
{
    struct sums *const room = tally->job;
    const uint64_t begin = window->begin[j], end = window->begin[j + 1];
    const struct layout *const layout = window->layout;
    union value *const values = window_values(window, j);
    bool fits = true;
    if (window->slots == 1 && layout_is_integer(layout) && !window->late) {
        int128 sum = 0;
        if (!add_piece(window, j, begin, end, term, tally, (struct sums *)&sum, fault))
            return false;
        values->integer = sum;
        *sums_integer(whole) += sum;
    } else {
        sums_clear(layout, room);
        if (!add_piece(window, j, begin, end, term, tally, room, fault))
            return false;
        fits = window_finish(window, j, room);
        sums_merge(layout, whole, room);
    }
    if (!fits)
        fault->fault = (struct fault){TERM_SUM, {.i = window->jobs[j].start}};
    return fits;
}

/* Adds up a piece of job j, which a border of the chunk cuts, to *sums and *total. */
static bool add_cut(const struct window *window, size_t j, uint64_t from, uint64_t to,
                    const struct term *term, struct sums *sums, const struct tally *tally,
                    struct chunk_fault *fault)
{
    sums_clear(window->layout, sums);
    if (!add_piece(window, j, from, to, term, tally, sums, fault))
        return false;
    sums_merge(window->layout, tally->total, sums);
    return true;
}

/* Adds what lies in [position, end) of job j, which begins there or before. */
static bool add_within(struct window *window, size_t j, uint64_t position, uint64_t end,
                       const struct edge *edge, const struct term *term, const struct tally *tally,
                       struct chunk_fault *fault)
{
    const uint64_t job_begin = window->begin[j], job_end = window->begin[j + 1];
    if (job_end <= position)
        return true; /* an empty job */
    if (job_begin < position)
        return add_cut(window, j, position, job_end < end ? job_end : end, term, edge->head, tally,
                       fault);
    return job_end > end ? add_cut(window, j, position, end, term, edge->tail, tally, fault)
                         : add_job(window, j, term, edge->whole, tally, fault);
}

bool chunk_add(struct window *window, size_t c, const struct term *term, const struct tally *tally,
               struct chunk_fault *fault)
{
    const struct edge edge = chunk_edge(window, c);
    const uint64_t end = chunk_end(window, c);
    uint64_t position = chunk_begin(window, c);
    const size_t before = tally->hits ? tally->hits->count : 0;
    struct lists lists = lists_start();
    sums_clear(window->layout, edge.whole);

    for (size_t j = chunk_first_job(window, c), next; position < end; j = next) {
        next = window->begin[j] == position
                   ? window_add_short(window, j, end, term, &lists, edge.whole)
                   : j;
        if (next == j && !add_within(window, next++, position, end, &edge, term, tally, fault))
            return false;
        position = window->begin[next];
    }
    sums_merge(window->layout, tally->total, edge.whole);
    if (tally->hits)
        window->found[c] = (struct found){tally->hits, before, tally->hits->count - before};
    return true;
}
