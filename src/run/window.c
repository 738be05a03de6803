#include "run/window.h"

#include "base/activity.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

bool window_init(struct window *window, enum exact_kind kind, size_t jobs, size_t chunks)
{
    *window = (struct window){
        .kind = kind,
        .jobs = calloc(jobs, sizeof *window->jobs),
        .begin = calloc(jobs + 1, sizeof *window->begin),
        .sums = calloc(jobs, sizeof *window->sums),
        .capacity = jobs,
        .run_base = 1,
        .edges = calloc(chunks, sizeof *window->edges),
        .chunks_max = chunks,
    };
    exact_init(&window->carry, kind);
    if (window->jobs && window->begin && window->sums && window->edges)
        return true;
    window_clear(window);
    return false;
}

void window_clear(struct window *window)
{
    free(window->jobs);
    free(window->begin);
    free(window->sums);
    free(window->edges);
    *window = (struct window){0};
}

void window_restart(struct window *window, uint64_t run, uint64_t position)
{
    window->first = window->count = 0;
    window->run_base = run;
    window->begin[0] = window->settled = position;
    exact_init(&window->carry, window->kind);
}

void window_resume(struct window *window, uint64_t terms, const struct exact *sum)
{
    window->settled = window->begin[window->first] + terms;
    window->carry = *sum;
}

/* Forgets the settled jobs, by moving the others down over them. */
static void compact(struct window *window)
{
    const size_t first = window->first, left = window->count - first;
    memmove(window->jobs, window->jobs + first, left * sizeof *window->jobs);
    memmove(window->begin, window->begin + first, (left + 1) * sizeof *window->begin);
    memmove(window->sums, window->sums + first, left * sizeof *window->sums);
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

bool window_push(struct window *window, struct job job)
{
    const size_t j = window->count;
    const uint64_t terms = job_terms(job);
    if (terms > RUN_TERMS_MAX - window->begin[j])
        return false;
    window->jobs[j] = job;
    window->begin[j + 1] = window->begin[j] + terms;
    if (window->kind == EXACT_REAL)
        window->sums[j].real = 0;
    else
        window->sums[j].integer = 0;
    window->count++;
    return true;
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

static uint64_t chunk_end(const struct window *window, size_t c)
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

/* Adds the terms at positions [from, to) of job j to *sum; with `short_value` by add_short. */
static bool add_piece(const struct window *window, size_t j, uint64_t from, uint64_t to,
                      const struct term *term, struct exact *sum, double *short_value,
                      struct chunk_fault *fault)
{
    const uint64_t start = (uint64_t)window->jobs[j].start - window->begin[j];
    fault->job = j;
    const int64_t first = (int64_t)(start + from), end = (int64_t)(start + to);
    if (term->built_in)
        return term->add(term->context, first, end, sum, &fault->fault);
    bool added;
    activity_enter(window->run_base + j, first, end);
    pthread_cleanup_push(activity_ended, NULL);
    added = short_value
                ? term->add_short(term->context, first, end, &sum->real, short_value, &fault->fault)
                : term->add(term->context, first, end, sum, &fault->fault);
    pthread_cleanup_pop(0);
    activity_leave();
    return added;
}

/* Adds up job j, which lies whole within a chunk, and adds its sum to *whole. */
static bool add_job(struct window *window, size_t j, const struct term *term, struct exact *whole,
                    struct chunk_fault *fault)
{
    const uint64_t begin = window->begin[j], end = window->begin[j + 1];
    union value *const value = &window->sums[j];
    bool fits;
    if (term->add_short && end - begin <= TERM_SHORT) {
        if (!add_piece(window, j, begin, end, term, whole, &value->real, fault))
            return false;
        fits = isfinite(value->real);
    } else {
        struct exact sum;
        exact_init(&sum, window->kind);
        if (!add_piece(window, j, begin, end, term, &sum, NULL, fault))
            return false;
        fits = exact_value(&sum, value);
        exact_merge(whole, &sum);
    }
    if (!fits)
        fault->fault = (struct fault){TERM_SUM, {.i = window->jobs[j].start}};
    return fits;
}

/* Adds up a piece of job j, which a border of the chunk cuts, to *sum and *total. */
static bool add_cut(const struct window *window, size_t j, uint64_t from, uint64_t to,
                    const struct term *term, struct exact *sum, struct exact *total,
                    struct chunk_fault *fault)
{
    exact_init(sum, window->kind);
    if (!add_piece(window, j, from, to, term, sum, NULL, fault))
        return false;
    exact_merge(total, sum);
    return true;
}

bool chunk_add(struct window *window, size_t c, const struct term *term, struct exact *total,
               struct chunk_fault *fault)
{
    struct edge *const edge = &window->edges[c];
    const uint64_t end = chunk_end(window, c);
    uint64_t position = chunk_begin(window, c);
    exact_init(&edge->whole, window->kind);

    for (size_t j = chunk_first_job(window, c); position < end; j++) {
        const uint64_t job_begin = window->begin[j], job_end = window->begin[j + 1];
        if (job_end <= position)
            continue; /* an empty job */
        const uint64_t to = job_end < end ? job_end : end;
        struct exact *const cut = job_begin < position ? &edge->head
                                  : to < job_end       ? &edge->tail
                                                       : NULL;
        if (cut ? !add_cut(window, j, position, to, term, cut, total, fault)
                : !add_job(window, j, term, &edge->whole, fault))
            return false;
        position = to;
    }
    exact_merge(total, &edge->whole);
    return true;
}

/*
 * Joins what is known of [from, to) to what is known of [begin, from). A job that the border at
 * `from` cuts has its first terms in the tail before, if it began in there, and all others in
 * heads. False if such a job ends at last and its sum, that of jobs[*job], does not fit.
 */
static bool join(struct window *window, uint64_t begin, struct edge *into, uint64_t from,
                 uint64_t to, const struct edge *next, size_t *job)
{
    if (from == to)
        return true;
    const uint64_t *const job_begin = window->begin;
    const size_t first = window_find_job(window, from), last = window_find_job(window, to - 1);
    if (job_begin[first] < begin) {
        exact_merge(&into->head, &next->head);
    } else if (job_begin[first] < from) {
        exact_merge(&into->tail, &next->head);
        if (job_begin[first + 1] <= to) {
            *job = first;
            if (!exact_value(&into->tail, &window->sums[first]))
                return false;
            exact_merge(&into->whole, &into->tail);
            exact_init(&into->tail, window->kind);
        }
    }
    if (job_begin[last] >= from && job_begin[last + 1] > to)
        exact_merge(&into->tail, &next->tail);
    exact_merge(&into->whole, &next->whole);
    return true;
}

static void init_edge(struct edge *edge, enum exact_kind kind)
{
    exact_init(&edge->head, kind);
    exact_init(&edge->tail, kind);
    exact_init(&edge->whole, kind);
}

bool window_join_chunks(struct window *window, size_t p, size_t done, struct span *span,
                        size_t *job)
{
    const struct piece *const piece = &window->pieces[p];
    const size_t end =
        p + 1 < window->piece_count ? window->pieces[p + 1].first_chunk : window->chunks;
    span->begin = span->end = piece->begin;
    init_edge(&span->edge, window->kind);
    for (size_t c = piece->first_chunk; c < done && c < end; c++) {
        const uint64_t to = chunk_end(window, c);
        if (!join(window, span->begin, &span->edge, span->end, to, &window->edges[c], job))
            return false;
        span->end = to;
    }
    return true;
}

bool window_join(struct window *window, struct span *span, const struct span *next, size_t *job)
{
    if (!join(window, span->begin, &span->edge, next->begin, next->end, &next->edge, job))
        return false;
    span->end = next->end;
    return true;
}

size_t window_finished(const struct window *window)
{
    size_t j = window->first;
    while (j < window->count && window->begin[j + 1] <= window->settled)
        j++;
    return j;
}

/* Joins stretches to the settled part: it has no head, as it begins with the run. */
bool window_settle(struct window *window, size_t done, size_t *job)
{
    struct edge settled = {.tail = window->carry};
    for (size_t c = 0; c < done; c++) {
        const uint64_t to = chunk_end(window, c);
        if (!join(window, 0, &settled, window->settled, to, &window->edges[c], job))
            return false;
        window->settled = to;
    }
    window->carry = settled.tail;
    return true;
}

bool window_settle_span(struct window *window, const struct span *span, size_t *job)
{
    struct edge settled = {.tail = window->carry};
    if (!join(window, 0, &settled, window->settled, span->end, &span->edge, job))
        return false;
    window->settled = span->end;
    window->carry = settled.tail;
    return true;
}

void edge_add(const struct edge *edge, struct exact *sum)
{
    exact_merge(sum, &edge->head);
    exact_merge(sum, &edge->tail);
    exact_merge(sum, &edge->whole);
}

void window_forget(struct window *window, size_t finished)
{
    window->first = finished;
    if (window->first == window->count)
        compact(window);
}
