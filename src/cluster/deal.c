#include "cluster/deal.h"

#include <stdlib.h>

bool ahead_add(struct ahead *ahead, struct span *span)
{
    if (ahead->count == ahead->room) {
        const size_t room = 2 * ahead->room + 16;
        struct span *const spans = realloc(ahead->spans, room * sizeof *spans);
        if (!spans) {
            span_clear(span);
            return false;
        }
        ahead->spans = spans;
        ahead->room = room;
    }
    ahead->spans[ahead->count++] = *span;
    return true;
}

void ahead_add_fault(struct ahead *ahead, uint64_t position, struct fault fault, uint64_t run)
{
    if (position >= ahead->limit)
        return;
    ahead->limit = position;
    ahead->fault = fault;
    ahead->fault_run = run;
}

static int compare_begins(const void *a, const void *b)
{
    const struct span *const x = a, *const y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Moves span `from` to place `to`, where there is none. */
static void keep(struct ahead *ahead, size_t to, size_t from)
{
    const struct span span = ahead->spans[from];
    ahead->spans[from] = (struct span){0};
    ahead->spans[to] = span;
}

static void drop_from(struct ahead *ahead, size_t kept)
{
    for (size_t k = kept; k < ahead->count; k++)
        span_clear(&ahead->spans[k]);
    ahead->count = kept;
}

/*
 * In order of position: a span that begins where the settled part ends is settled, one that begins
 * where the last one kept ends is joined to it, any other is kept. A sum that does not fit is a
 * fault like any other, in the span in which its job ends.
 */
bool ahead_settle(struct ahead *ahead, struct window *window, struct sums *total)
{
    if (ahead->count > 0)
        qsort(ahead->spans, ahead->count, sizeof *ahead->spans, compare_begins);
    size_t kept = 0;
    for (size_t k = 0; k < ahead->count && ahead->spans[k].begin < ahead->limit; k++) {
        struct span *const span = &ahead->spans[k];
        struct span *const last = kept > 0 ? &ahead->spans[kept - 1] : NULL;
        size_t job;
        bool fits = true;
        if (!last && span->begin == window->settled) {
            fits = window_settle_span(window, span, &job);
            if (fits)
                span_add(span, window->layout, total);
        } else if (last && span->begin == last->end) {
            fits = window_join(window, last, span, &job);
        } else {
            keep(ahead, kept++, k);
            continue;
        }
        span_clear(span);
        if (!fits)
            ahead_add_fault(ahead, span->begin,
                            (struct fault){TERM_SUM, {.i = window->jobs[job].start}},
                            window->run_base + job);
    }
    drop_from(ahead, kept);
    return window->settled == ahead->limit;
}

uint64_t ahead_terms(const struct ahead *ahead)
{
    uint64_t terms = 0;
    for (size_t k = 0; k < ahead->count; k++)
        terms += ahead->spans[k].end - ahead->spans[k].begin;
    return terms;
}

void ahead_forget(struct ahead *ahead)
{
    drop_from(ahead, 0);
    *ahead = (struct ahead){.spans = ahead->spans, .room = ahead->room, .limit = UINT64_MAX};
}

void ahead_clear(struct ahead *ahead)
{
    drop_from(ahead, 0);
    free(ahead->spans);
    *ahead = (struct ahead){.limit = UINT64_MAX};
}

size_t deal_find_gaps(const struct ahead *ahead, const struct window *window, uint64_t terms,
                      struct gap *gaps)
{
    uint64_t end = window->begin[window->count];
    if (end > ahead->limit)
        end = ahead->limit;
    size_t count = 0;
    uint64_t at = window->settled;
    for (size_t k = 0; k <= ahead->count && at < end && terms > 0; k++) {
        uint64_t to = k < ahead->count ? ahead->spans[k].begin : end;
        if (to > end)
            to = end;
        if (to - at > terms)
            to = at + terms;
        if (at < to) {
            gaps[count++] = (struct gap){at, to};
            terms -= to - at;
        }
        if (k < ahead->count)
            at = ahead->spans[k].end;
    }
    return count;
}

/* Places are counted from the first term of the first gap, over the gaps alone. */
struct line {
    const struct deal *deal;
    const struct window *window;
    uint64_t terms;
};

/* Where the piece ends that should end at `place`: there, or where a job or a gap does. */
static uint64_t round_up(const struct line *line, uint64_t place)
{
    const struct deal *const deal = line->deal;
    if (place >= line->terms || place == 0)
        return place == 0 ? 0 : line->terms;
    if (deal->grain != GRAIN_JOB && !deal->whole_gaps) {
        const uint64_t over = place % deal->grain;
        return over == 0                                  ? place
               : deal->grain - over < line->terms - place ? place + (deal->grain - over)
                                                          : line->terms;
    }
    uint64_t gap_place = 0;
    const struct gap *gap = deal->gaps;
    while (place - gap_place > gap->end - gap->begin) {
        gap_place += gap->end - gap->begin;
        gap++;
    }
    uint64_t to = gap->end;
    if (!deal->whole_gaps) {
        const size_t job = window_find_job(line->window, gap->begin + (place - gap_place) - 1);
        to = line->window->begin[job + 1];
    }
    return gap_place + (to - gap->begin);
}

/* The parts of the gaps that lie at places [from, to). */
static size_t cut_pieces(const struct deal *deal, uint64_t from, uint64_t to, struct piece *pieces)
{
    size_t count = 0;
    uint64_t gap_place = 0;
    for (size_t g = 0; g < deal->gap_count && gap_place < to; g++) {
        const struct gap gap = deal->gaps[g];
        const uint64_t terms = gap.end - gap.begin;
        const uint64_t first = from > gap_place ? from - gap_place : 0;
        const uint64_t last = to - gap_place < terms ? to - gap_place : terms;
        if (first < last)
            pieces[count++] = (struct piece){.begin = gap.begin + first, .end = gap.begin + last};
        gap_place += terms;
    }
    return count;
}

size_t deal_pieces(const struct deal *deal, size_t rank, const struct window *window,
                   struct piece *pieces)
{
    struct line line = {deal, window, 0};
    for (size_t g = 0; g < deal->gap_count; g++)
        line.terms += deal->gaps[g].end - deal->gaps[g].begin;
    uint64_t before = 0, all = 0;
    for (size_t r = 0; r < deal->ranks; r++) {
        if (r < rank)
            before += deal->weights[r];
        all += deal->weights[r];
    }
    const uint128 parts = (uint128)all * deal->cycles;
    if (parts == 0) /* there is no rank that works */
        return 0;
    size_t count = 0;
    for (uint64_t cycle = 0; cycle < deal->cycles; cycle++) {
        const uint64_t weight = cycle * all + before;
        const uint128 from = (uint128)line.terms * weight / parts;
        const uint128 to = (uint128)line.terms * (weight + deal->weights[rank]) / parts;
        count += cut_pieces(deal, round_up(&line, (uint64_t)from), round_up(&line, (uint64_t)to),
                            pieces + count);
    }
    return count;
}
