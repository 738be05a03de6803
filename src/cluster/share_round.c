#include "cluster/share_round.h"

#include "cluster/share_wire.h"

#include "base/clock.h"

#include <stdlib.h>

void *share_make_room(void *array, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return array;
    free(array);
    *room = 2 * count + 16;
    return malloc(*room * size);
}

enum status share_send_threads(struct share *share)
{
    const size_t count = (size_t)share->team->engine.threads;
    struct engine_thread *const threads = calloc(count, sizeof *threads);
    bytes_clear(&share->out);
    if (threads)
        team_tell(share->team, threads);
    if (threads)
        bytes_put(&share->out, threads, count * sizeof *threads);
    ranks_gather(share->ranks, &share->out, &share->in);
    free(threads);
    return threads ? STATUS_OK : error_set(STATUS_FAILED, "out of memory for %zu threads", count);
}

enum status share_send_table(struct share *share)
{
    struct engine *const engine = &share->team->engine;
    const struct team *const team = share->team;
    struct table table = {.results = team->term->by_key, .most = team->tables[0].most};
    const enum status status = engine->collect(engine, &table);
    bytes_clear(&share->out);
    share_put_status(&share->out, status);
    if (!status)
        share_put_table(&share->out, &table);
    table_clear(&table);
    ranks_gather(share->ranks, &share->out, &share->in);
    return status;
}

enum status share_take(struct share *share, struct window *window)
{
    struct deal *const deal = &share->deal;
    deal->gaps = share->gaps;
    deal->weights = share->weights;
    deal->ranks = share->count;
    share->pieces = share_make_room(share->pieces, &share->pieces_room,
                                    deal->cycles + deal->gap_count, sizeof *share->pieces);
    if (!share->pieces)
        return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
    const size_t count = deal_pieces(deal, share->number, window, share->pieces);
    window_cut_pieces(window, share->pieces, count, deal->grain);
    return STATUS_OK;
}

/*
 * Where the run ends because of the chunk's fault: before the chunk, of which nothing is booked,
 * but not before the jobs that share the chunk with the faulty one and come first. Those are dealt
 * again.
 */
static uint64_t fault_position(const struct window *window, size_t chunk,
                               const struct chunk_fault *fault)
{
    const uint64_t begin = chunk_begin(window, chunk), ends = window_fault(window, fault);
    return ends > begin ? ends : begin;
}

/*
 * What this rank has done of its share goes ahead: for each piece one span, and the first fault.
 * The team added up all of it once more, by a reduction, so the two are held against each other.
 */
static enum status book(struct share *share, struct window *window,
                        const struct team_outcome *outcome)
{
    const struct layout *const layout = window->layout;
    sums_clear(layout, share->booked);
    bool fits = true;
    for (size_t p = 0; fits && p < window->piece_count; p++) {
        if (window->pieces[p].first_chunk >= outcome->chunks_done)
            break;
        struct span span;
        size_t job;
        if (!span_init(&span, layout, window->pieces[p].begin))
            return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
        fits = window_join_chunks(window, p, outcome->chunks_done, &span, &job);
        if (!fits)
            ahead_add_fault(&share->ahead, span.end,
                            (struct fault){TERM_SUM, {.i = window->jobs[job].start}},
                            window->run_base + job);
        span_add(&span, layout, share->booked);
        if (span.begin == span.end)
            span_clear(&span);
        else if (!ahead_add(&share->ahead, &span))
            return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
    }
    const struct chunk_fault *const fault = &outcome->fault;
    if (fault->fault.kind)
        ahead_add_fault(&share->ahead, fault_position(window, outcome->chunks_done, fault),
                        fault->fault, window->run_base + fault->job);
    else if (fits && !sums_equal(layout, share->booked, share->reduction))
        return error_set(STATUS_UNVERIFIED, "a share's sum is not what its pieces add up to; this "
                                            "machine or this build computes wrong");
    return STATUS_OK;
}

enum status share_work(struct share *share, struct window *window, uint64_t limit_ns,
                       struct team_outcome *outcome)
{
    sums_clear(window->layout, share->reduction);
    *outcome =
        team_compute(share->team, window, limit_ns ? clock_ns() + limit_ns : 0, share->reduction);
    return book(share, window, outcome);
}
