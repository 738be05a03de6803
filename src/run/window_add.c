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

/* Adds up the jobs from `first` to the one before `end`, which lie whole within a chunk. */
static bool add_jobs(struct window *window, size_t first, size_t end, const struct term *term,
                     struct sums *whole, const struct tally *tally, struct chunk_fault *fault)
{
    if (term->add_each && !window->late) {
        term->add_each(term->context, window->jobs + first, end - first,
                       window_values(window, first), whole);
        return true;
    }
    struct lists lists = lists_start();
    for (size_t j = first, next; j < end; j = next) {
        next = window_add_short(window, j, end, term, &lists, whole);
        if (next > j)
            continue;
        next = j + 1;
        if (window->begin[j] < window->begin[next] &&
            !add_job(window, j, term, whole, tally, fault))
            return false;
    }
    return true;
}

/*
 * Adds up positions [begin, end), a chunk: what is left of the job that began before it, the jobs
 * within, and the first terms of the job that goes on after it.
 */
static bool add_all(struct window *window, size_t c, uint64_t begin, uint64_t end,
                    const struct term *term, const struct tally *tally, struct chunk_fault *fault)
{
    const struct edge edge = chunk_edge(window, c);
    const uint64_t *const job_begin = window->begin;
    const size_t last = window_find_job(window, end - 1);
    size_t j = chunk_first_job(window, c);
    if (job_begin[j] < begin) {
        const uint64_t to = job_begin[j + 1] < end ? job_begin[j + 1] : end;
        if (!add_cut(window, j, begin, to, term, edge.head, tally, fault))
            return false;
        j++;
    }
    const bool goes_on = j <= last && job_begin[last + 1] > end;
    return add_jobs(window, j, last + !goes_on, term, edge.whole, tally, fault) &&
           (!goes_on || add_cut(window, last, job_begin[last], end, term, edge.tail, tally, fault));
}

bool chunk_add(struct window *window, size_t c, const struct term *term, const struct tally *tally,
               struct chunk_fault *fault)
{
    struct sums *const whole = chunk_edge(window, c).whole;
    const uint64_t begin = chunk_begin(window, c), end = chunk_end(window, c);
    const size_t before = tally->hits ? tally->hits->count : 0;
    sums_clear(window->layout, whole);
    if (begin < end && !add_all(window, c, begin, end, term, tally, fault))
        return false;
    sums_merge(window->layout, tally->total, whole);
    if (tally->hits)
        window->found[c] = (struct found){tally->hits, before, tally->hits->count - before};
    return true;
}
