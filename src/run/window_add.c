#include "run/window_add.h"

#include "base/activity.h"

#include <math.h>
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

/* Adds the terms at positions [from, to) of job j to *sums; with `value` by add_short. */
static bool add_piece(const struct window *window, size_t j, uint64_t from, uint64_t to,
                      const struct term *term, const struct tally *tally, struct sums *sums,
                      double *value, struct chunk_fault *fault)
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
    activity_enter(window->run_base + j, first, end);
    pthread_cleanup_push(activity_ended, NULL);
    added = tally->table  ? add_by_key(term, &job, first, end, tally->table, sums, &fault->fault)
            : tally->hits ? find_hits(term, &job, first, end, tally->hits, sums, &fault->fault)
            : value       ? term->add_short(term->context, &job, first, end, sums_real(sums), value,
                                            &fault->fault)
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
        if (!add_piece(window, j, begin, end, term, tally, (struct sums *)&sum, NULL, fault))
            return false;
        values->integer = sum;
        *sums_integer(whole) += sum;
    } else if (term->add_short && !window->late && end - begin <= TERM_SHORT) {
        if (!add_piece(window, j, begin, end, term, tally, whole, &values->real, fault))
            return false;
        fits = isfinite(values->real);
    } else {
        sums_clear(layout, room);
        if (!add_piece(window, j, begin, end, term, tally, room, NULL, fault))
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
    if (!add_piece(window, j, from, to, term, tally, sums, NULL, fault))
        return false;
    sums_merge(window->layout, tally->total, sums);
    return true;
}

bool chunk_add(struct window *window, size_t c, const struct term *term, const struct tally *tally,
               struct chunk_fault *fault)
{
    const struct edge edge = chunk_edge(window, c);
    const uint64_t end = chunk_end(window, c);
    uint64_t position = chunk_begin(window, c);
    const size_t before = tally->hits ? tally->hits->count : 0;
    sums_clear(window->layout, edge.whole);

    for (size_t j = chunk_first_job(window, c); position < end; j++) {
        const uint64_t job_begin = window->begin[j], job_end = window->begin[j + 1];
        if (job_end <= position)
            continue; /* an empty job */
        const uint64_t to = job_end < end ? job_end : end;
        struct sums *const cut = job_begin < position ? edge.head : to < job_end ? edge.tail : NULL;
        if (cut ? !add_cut(window, j, position, to, term, cut, tally, fault)
                : !add_job(window, j, term, edge.whole, tally, fault))
            return false;
        position = to;
    }
    sums_merge(window->layout, tally->total, edge.whole);
    if (tally->hits)
        window->found[c] = (struct found){tally->hits, before, tally->hits->count - before};
    return true;
}
