#include "run/window.h"

#include "run/window_add.h"

#include <stdlib.h>
#include <string.h>

static struct edge edge_at(const struct layout *layout, struct sums *first)
{
    return (struct edge){first, sums_block(layout, first, 1), sums_block(layout, first, 2)};
}

bool window_init(struct window *window, const struct results *results, size_t jobs, size_t chunks)
{
    const struct layout *const layout = &results->layout;
    const size_t slots = results_slots(results);
    *window = (struct window){
        .results = results,
        .layout = layout,
        .slots = slots,
        .jobs = calloc(jobs, sizeof *window->jobs),
        .begin = calloc(jobs + 1, sizeof *window->begin),
        .values = calloc(jobs * slots, sizeof *window->values),
        .capacity = jobs,
        .run_base = 1,
        .carry = sums_new(layout, 1),
        .joined = sums_new(layout, 1),
        .edges = sums_room(layout, 3 * chunks),
        .chunks_max = chunks,
    };
    if (window->jobs && window->begin && window->values && window->carry && window->joined &&
        window->edges)
        return true;
    window_clear(window);
    return false;
}

bool window_keep_late(struct window *window)
{
    window->late = sums_new(window->layout, window->capacity);
    return window->late;
}

bool window_keep_hits(struct window *window)
{
    window->found = calloc(window->chunks_max, sizeof *window->found);
    return window->found;
}

/* Frees what the jobs before jobs[end] own. */
static void drop_rows(struct window *window, size_t end)
{
    for (size_t j = window->first; j < end && window->has_rows; j++)
        free(window->jobs[j].row);
}

void window_clear(struct window *window)
{
    drop_rows(window, window->count);
    free(window->jobs);
    free(window->begin);
    free(window->values);
    free(window->late);
    free(window->carry);
    free(window->joined);
    free(window->edges);
    free(window->found);
    hits_clear(&window->hits);
    *window = (struct window){0};
}

void window_restart(struct window *window, uint64_t run, uint64_t position)
{
    drop_rows(window, window->count);
    window->first = window->count = 0;
    window->run_base = run;
    window->begin[0] = window->settled = position;
    sums_clear(window->layout, window->carry);
}

void window_resume(struct window *window, uint64_t terms, const struct sums *sums)
{
    window->settled = window->begin[window->first] + terms;
    sums_copy(window->layout, window->carry, sums);
}

/* Forgets the settled jobs, by moving the others down over them. */
static void compact(struct window *window)
{
    const size_t first = window->first, left = window->count - first;
    memmove(window->jobs, window->jobs + first, left * sizeof *window->jobs);
    memmove(window->begin, window->begin + first, (left + 1) * sizeof *window->begin);
    memmove(window->values, window_values(window, first),
            left * window->slots * sizeof *window->values);
    if (window->late)
        memmove(window->late, window_late(window, first), left * window->layout->size);
    window->run_base += first;
    window->first = 0;
    window->count = left;
}

bool window_has_room(struct window *window)
{
    if (window->count < window->capacity)
        return true;
    /* Moving costs as much as there is left: worth it once it is less than what is gained. */
    if (window->first <= window->capacity / 2)
        return false;
    compact(window);
    return true;
}

struct job_batch window_batch(const struct window *window, size_t most, uint64_t terms)
{
    const size_t room = window->capacity - window->count;
    const uint64_t too_many = RUN_TERMS_MAX - window->begin[window->count] + 1;
    return (struct job_batch){
        .jobs = window->jobs + window->count,
        .room = most < room ? most : room,
        .terms = terms < too_many ? terms : too_many, /* so that no job follows that one */
    };
}

bool window_take(struct window *window, const struct job_batch *batch)
{
    const size_t first = window->count;
    uint64_t *const begin = window->begin + first;
    size_t count = batch->count;
    uint64_t longest = window->longest;
    bool rows = window->has_rows;
    for (size_t k = 0; k < count; k++) {
        const uint64_t terms = job_terms(batch->jobs[k]);
        begin[k + 1] = begin[k] + terms;
        longest = terms > longest ? terms : longest;
        rows |= batch->jobs[k].row != NULL;
    }
    const bool fits =
        count == 0 || job_terms(batch->jobs[count - 1]) <= RUN_TERMS_MAX - begin[count - 1];
    count -= !fits;
    window->longest = longest;
    window->has_rows = rows;
    memset(window_values(window, first), 0, count * window->slots * sizeof *window->values);
    if (window->late)
        memset(window_late(window, first), 0, count * window->layout->size);
    window->count += count;
    return fits;
}

bool window_push(struct window *window, struct job job)
{
    struct job_batch batch = window_batch(window, 1, RUN_TERMS_MAX);
    batch.jobs[batch.count++] = job;
    return window_take(window, &batch);
}

uint64_t window_terms(const struct window *window)
{
    return window->begin[window->count] - window->settled;
}

/* That is the last one that begins there or before. */
size_t window_find_job(const struct window *window, uint64_t position)
{
    size_t low = window->first, high = window->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (window->begin[middle] <= position)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint64_t window_fault(const struct window *window, const struct chunk_fault *fault)
{
    const uint64_t begin = window->begin[fault->job];
    if (!window->found || fault->fault.kind == TERM_SUM)
        return begin;
    return begin + ((uint64_t)fault->fault.at.i - (uint64_t)window->jobs[fault->job].start);
}

void window_cut_pieces(struct window *window, struct piece *pieces, size_t count, uint64_t grain)
{
    window->grain = grain;
    window->pieces = pieces;
    window->piece_count = count;
    window->chunks = 0;
    for (size_t p = 0; p < count; p++) {
        struct piece *const piece = &pieces[p];
        const uint64_t terms = piece->end - piece->begin;
        const size_t room = window->chunks_max - window->chunks;
        piece->first_chunk = window->chunks;
        piece->first_job = window_find_job(window, piece->begin);
        const uint64_t chunks = grain == GRAIN_JOB
                                    ? window_find_job(window, piece->end - 1) - piece->first_job + 1
                                    : terms / grain + (terms % grain != 0);
        window->chunks += chunks < room ? (size_t)chunks : room;
    }
}

void window_cut(struct window *window, uint64_t terms, uint64_t grain)
{
    const uint64_t left = window_terms(window);
    if (terms > left || grain == GRAIN_JOB)
        terms = left;
    window->only = (struct piece){.begin = window->settled, .end = window->settled + terms};
    window_cut_pieces(window, &window->only, terms > 0, grain);
}

/* The piece that chunk c belongs to: the last one that begins with it or before. */
static const struct piece *find_piece(const struct window *window, size_t c)
{
    const struct piece *low = window->pieces, *high = low + window->piece_count;
    while (high - low > 1) {
        const struct piece *const middle = low + (high - low) / 2;
        if (middle->first_chunk <= c)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint64_t chunk_begin(const struct window *window, size_t c)
{
    const struct piece *const piece = find_piece(window, c);
    const size_t k = c - piece->first_chunk;
    if (window->grain != GRAIN_JOB)
        return piece->begin + k * window->grain;
    return k == 0 ? piece->begin : window->begin[piece->first_job + k];
}

uint64_t chunk_end(const struct window *window, size_t c)
{
    const struct piece *const piece = find_piece(window, c);
    const size_t k = c - piece->first_chunk;
    if (window->grain == GRAIN_JOB)
        return window->begin[piece->first_job + k + 1];
    const uint64_t begin = piece->begin + k * window->grain;
    return piece->end - begin < window->grain ? piece->end : begin + window->grain;
}

uint64_t chunk_terms(const struct window *window, size_t c)
{
    return chunk_end(window, c) - chunk_begin(window, c);
}

size_t chunk_first_job(const struct window *window, size_t c)
{
    const struct piece *const piece = find_piece(window, c);
    return window->grain == GRAIN_JOB ? piece->first_job + (c - piece->first_chunk)
                                      : window_find_job(window, chunk_begin(window, c));
}

/* Job j is done, and `sums` are its. False if a result does not fit. */
bool window_finish(struct window *window, size_t j, const struct sums *sums)
{
    if (!window->late)
        return results_finish(window->results, sums, window_values(window, j));
    sums_copy(window->layout, window_late(window, j), sums);
    return true;
}

struct edge chunk_edge(const struct window *window, size_t c)
{
    return edge_at(window->layout, sums_block(window->layout, window->edges, 3 * c));
}

/* Job j ends: its values are those of `tail` and `head` together, which go into `whole`. */
static bool join_job(struct window *window, size_t j, const struct edge *into,
                     const struct sums *head)
{
    const struct layout *const layout = window->layout;
    sums_copy(layout, window->joined, into->tail);
    sums_merge(layout, window->joined, head);
    if (!window_finish(window, j, window->joined))
        return false;
    if (into->whole)
        sums_merge(layout, into->whole, window->joined);
    sums_clear(layout, into->tail);
    return true;
}

/*
 * Joins what is known of [from, to) to what is known of [begin, from). A job that the border at
 * `from` cuts has its first terms in the tail before, if it began in there, and all others in
 * heads. False if such a job ends at last and its sums, those of jobs[*job], do not fit; nothing
 * is joined then.
 */
static bool join(struct window *window, uint64_t begin, const struct edge *into, uint64_t from,
                 uint64_t to, const struct edge *next, size_t *job)
{
    if (from == to)
        return true;
    const struct layout *const layout = window->layout;
    const uint64_t *const job_begin = window->begin;
    const size_t first = window_find_job(window, from), last = window_find_job(window, to - 1);
    *job = first;
    if (job_begin[first] < begin)
        sums_merge(layout, into->head, next->head);
    else if (job_begin[first] < from && job_begin[first + 1] > to)
        sums_merge(layout, into->tail, next->head);
    else if (job_begin[first] < from && !join_job(window, first, into, next->head))
        return false;
    if (job_begin[last] >= from && job_begin[last + 1] > to)
        sums_merge(layout, into->tail, next->tail);
    if (into->whole)
        sums_merge(layout, into->whole, next->whole);
    return true;
}

bool span_init(struct span *span, const struct layout *layout, uint64_t begin)
{
    struct sums *const sums = sums_new(layout, 3);
    *span = (struct span){.begin = begin, .end = begin};
    if (sums)
        span->edge = edge_at(layout, sums);
    return sums;
}

void span_clear(struct span *span)
{
    free(span->edge.head);
    span->edge = (struct edge){0};
    hits_clear(&span->hits);
}

void span_add(const struct span *span, const struct layout *layout, struct sums *sum)
{
    sums_merge(layout, sum, span->edge.head);
    sums_merge(layout, sum, span->edge.tail);
    sums_merge(layout, sum, span->edge.whole);
}

/* Adds what chunk c found to *hits. */
static void add_found(const struct window *window, size_t c, struct hits *hits)
{
    if (window->found)
        hits_add(hits, window->found[c].hits, window->found[c].first, window->found[c].count);
}

bool window_join_chunks(struct window *window, size_t p, size_t done, struct span *span,
                        size_t *job)
{
    const struct piece *const piece = &window->pieces[p];
    const size_t end =
        p + 1 < window->piece_count ? window->pieces[p + 1].first_chunk : window->chunks;
    for (size_t c = piece->first_chunk; c < done && c < end; c++) {
        const uint64_t to = chunk_end(window, c);
        const struct edge next = chunk_edge(window, c);
        if (!join(window, span->begin, &span->edge, span->end, to, &next, job))
            return false;
        add_found(window, c, &span->hits);
        span->end = to;
    }
    return true;
}

bool window_join(struct window *window, struct span *span, const struct span *next, size_t *job)
{
    if (!join(window, span->begin, &span->edge, next->begin, next->end, &next->edge, job))
        return false;
    hits_add(&span->hits, &next->hits, 0, next->hits.count);
    span->end = next->end;
    return true;
}

/* Joins the next stretch to the settled part: that has no head, as it begins with the run, and the
   total is known from elsewhere. */
static bool settle(struct window *window, uint64_t to, const struct edge *next, size_t *job)
{
    const struct edge settled = {.tail = window->carry};
    if (!join(window, 0, &settled, window->settled, to, next, job))
        return false;
    window->settled = to;
    return true;
}

bool window_settle(struct window *window, size_t done, size_t *job)
{
    for (size_t c = 0; c < done; c++) {
        const struct edge next = chunk_edge(window, c);
        if (!settle(window, chunk_end(window, c), &next, job))
            return false;
        add_found(window, c, &window->hits);
    }
    return true;
}

bool window_settle_span(struct window *window, const struct span *span, size_t *job)
{
    if (!settle(window, span->end, &span->edge, job))
        return false;
    hits_add(&window->hits, &span->hits, 0, span->hits.count);
    return true;
}

size_t window_finished(const struct window *window)
{
    size_t low = window->first, high = window->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (window->begin[middle + 1] <= window->settled)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void window_forget(struct window *window, size_t finished)
{
    drop_rows(window, finished);
    window->first = finished;
    if (window->first == window->count)
        compact(window);
}
