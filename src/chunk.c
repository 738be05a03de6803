#include "chunk.h"

#include "signals.h"

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

/* The job that holds the term at `position`: the last one that begins there or before. */
static size_t find_job(const struct window *window, uint64_t position)
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

void window_cut(struct window *window, uint64_t terms, uint64_t grain)
{
    const uint64_t left = window_terms(window);
    window->grain = grain;
    if (grain == GRAIN_JOB) {
        window->chunks = window->count - window->first;
        if (window->chunks > window->chunks_max)
            window->chunks = window->chunks_max;
        window->round_end = window->begin[window->first + window->chunks];
        return;
    }
    if (terms > left)
        terms = left;
    if (terms / grain >= window->chunks_max && terms > grain * window->chunks_max)
        terms = grain * window->chunks_max;
    window->chunks = (size_t)(terms / grain + (terms % grain != 0));
    window->round_end = window->settled + terms;
}

/* Where chunk c begins; chunk_begin(window, c + 1) is where it ends. */
static uint64_t chunk_begin(const struct window *window, size_t c)
{
    if (c == window->chunks)
        return window->round_end;
    if (c == 0)
        return window->settled;
    if (window->grain == GRAIN_JOB)
        return window->begin[window->first + c];
    return window->settled + c * window->grain;
}

uint64_t chunk_terms(const struct window *window, size_t c)
{
    return chunk_begin(window, c + 1) - chunk_begin(window, c);
}

size_t chunk_first_job(const struct window *window, size_t c)
{
    return window->grain == GRAIN_JOB ? window->first + c
                                      : find_job(window, chunk_begin(window, c));
}

/* Adds up the terms at positions [from, to) of job j. */
static bool add_piece(const struct window *window, size_t j, uint64_t from, uint64_t to,
                      const struct term *term, struct exact *sum, struct chunk_fault *fault)
{
    const uint64_t start = (uint64_t)window->jobs[j].start - window->begin[j];
    fault->job = j;
    exact_init(sum, window->kind);
    const int64_t first = (int64_t)(start + from), end = (int64_t)(start + to);
    if (term->built_in)
        return term->add(term->context, first, end, sum, &fault->fault);
    signals_enter_term(window->run_base + j, first, end);
    const bool added = term->add(term->context, first, end, sum, &fault->fault);
    signals_leave_term();
    return added;
}

bool chunk_add(struct window *window, size_t c, const struct term *term, struct exact *total,
               struct chunk_fault *fault)
{
    struct edge *const edge = &window->edges[c];
    const uint64_t end = chunk_begin(window, c + 1);
    uint64_t position = chunk_begin(window, c);

    for (size_t j = chunk_first_job(window, c); position < end; j++) {
        const uint64_t job_begin = window->begin[j], job_end = window->begin[j + 1];
        if (job_end <= position)
            continue; /* an empty job */
        const uint64_t to = job_end < end ? job_end : end;
        struct exact piece;
        if (!add_piece(window, j, position, to, term, &piece, fault))
            return false;
        exact_merge(total, &piece);
        if (job_begin < position) {
            edge->head = piece;
        } else if (to < job_end) {
            edge->tail = piece;
        } else if (!exact_value(&piece, &window->sums[j])) {
            fault->fault = (struct fault){FAULT_SUM, window->jobs[j].start};
            return false;
        }
        position = to;
    }
    return true;
}

/*
 * Joins the pieces of the jobs that borders cut, in the order of the chunks: such a job has its
 * first piece in a tail and all others in heads.
 */
bool window_settle(struct window *window, size_t done, size_t *finished)
{
    const uint64_t *const job_begin = window->begin;
    for (size_t c = 0; c < done; c++) {
        const uint64_t begin = chunk_begin(window, c), end = chunk_begin(window, c + 1);
        if (begin == end)
            continue;
        const size_t first = find_job(window, begin), last = find_job(window, end - 1);
        if (job_begin[first] < begin) {
            exact_merge(&window->carry, &window->edges[c].head);
            if (job_begin[first + 1] <= end) {
                *finished = first;
                if (!exact_value(&window->carry, &window->sums[first]))
                    return false;
                exact_init(&window->carry, window->kind);
            }
        }
        if (job_begin[last] >= begin && job_begin[last + 1] > end)
            exact_merge(&window->carry, &window->edges[c].tail);
    }
    window->settled = chunk_begin(window, done);
    size_t j = window->first;
    while (j < window->count && job_begin[j + 1] <= window->settled)
        j++;
    *finished = j;
    return true;
}

void window_forget(struct window *window, size_t finished)
{
    window->first = finished;
    if (window->first == window->count)
        compact(window);
}
