/*
 * What rank 0 does in a round.
 */
#include "cluster/share.h"

#include "cluster/share_round.h"
#include "cluster/share_wire.h"
#include "run/trace.h"

#include <math.h>

/*
 * Pieces of a round for each rank, at most. More of them even out terms that grow dearer along the
 * run, and leave gaps near each other when the clock ends the round. But each costs rank 0 about a
 * microsecond, so there are no more than so many of them in all if one a rank will do.
 */
#define CYCLES 4
#define PIECES 4096

/* A rank's speed is the mean of this round's and what it was, so one odd round counts half. */
#define NEW_SPEED 0.5

/* Weights are whole numbers, so that all ranks deal alike: the fastest has this one. */
#define WEIGHT_MAX 65536

/* A rank whose speed is not known yet is taken for as fast as the others, thread by thread. */
static double speed_of(const struct share *share, size_t rank, double a_thread)
{
    return share->speed[rank] > 0 ? share->speed[rank] : a_thread * share->threads[rank];
}

static void weigh(struct share *share)
{
    double speed = 0, most = 0;
    int threads = 0;
    for (size_t rank = 0; rank < share->count; rank++) {
        speed += share->speed[rank];
        threads += share->speed[rank] > 0 ? share->threads[rank] : 0;
    }
    const double a_thread = threads > 0 ? speed / threads : 1;
    for (size_t rank = 0; rank < share->count; rank++)
        most = fmax(most, speed_of(share, rank, a_thread));
    for (size_t rank = 0; rank < share->count; rank++)
        share->weights[rank] =
            1 + (uint32_t)(speed_of(share, rank, a_thread) / most * (WEIGHT_MAX - 1));
}

/* Learns from a round how fast a rank is with all its threads at work. */
static void learn_speed(struct share *share, size_t rank, uint64_t terms, uint64_t busy_ns)
{
    if (terms == 0)
        return;
    const double speed = (double)terms / (double)(busy_ns ? busy_ns : 1) * share->threads[rank];
    const double old = share->speed[rank];
    share->speed[rank] = old > 0 ? old + NEW_SPEED * (speed - old) : speed;
}

static uint32_t choose_cycles(const struct share *share, const struct order *order)
{
    const uint64_t all = PIECES / share->count, most = all < CYCLES ? all : CYCLES;
    /* Every thread should have a chunk of each cycle. */
    const uint64_t chunks = order->terms / order->grain / (uint64_t)share->engine.threads;
    const uint64_t cycles = order->grain == GRAIN_JOB || chunks > most ? most : chunks;
    return cycles > 0 ? (uint32_t)cycles : 1;
}

/* Decides the round: share->deal and what it points to. */
static enum status plan(struct share *share, const struct window *window, const struct order *order)
{
    share->gaps =
        share_make_room(share->gaps, &share->gaps_room, share->ahead.count, sizeof *share->gaps);
    if (!share->gaps)
        return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
    const size_t gaps = deal_find_gaps(&share->ahead, window, order->terms, share->gaps);
    weigh(share);
    share->deal = (struct deal){
        .gap_count = gaps,
        .cycles = choose_cycles(share, order),
        .whole_gaps = gaps > CYCLES * share->count, /* so that gaps do not become more and more */
        .grain = order->grain,
    };
    return STATUS_OK;
}

static void announce(struct share *share, const struct window *window, uint64_t limit_ns)
{
    const struct deal *const deal = &share->deal;
    struct announcement head = {
        .gaps = deal->gap_count,
        .grain = deal->grain,
        .limit_ns = limit_ns,
        .cycles = deal->cycles,
        .whole_gaps = deal->whole_gaps,
        .numbers = share->team->term->numbers,
        .enough = window->enough,
    };
    size_t first = 0;
    if (deal->gap_count > 0) {
        first = window_find_job(window, share->gaps[0].begin);
        head.run = window->run_base + first;
        head.position = window->begin[first];
        head.jobs = window_find_job(window, share->gaps[deal->gap_count - 1].end - 1) + 1 - first;
    }
    bytes_clear(&share->out);
    bytes_put(&share->out, &head, sizeof head);
    for (size_t j = first; j < first + head.jobs; j++)
        share_put_job(&share->out, &window->jobs[j], head.numbers);
    bytes_put(&share->out, share->gaps, head.gaps * sizeof *share->gaps);
    bytes_put(&share->out, share->weights, share->count * sizeof *share->weights);
    ranks_broadcast(share->ranks, &share->out);
}

/* What a rank other than 0 has done. */
static enum status hear_reply(struct share *share, size_t rank, struct window *window,
                              struct outcome *outcome)
{
    struct trace *const trace = share->team->trace;
    struct bytes *const in = &share->in;
    struct reply reply;
    bytes_get(in, &reply, sizeof reply);
    enum status status = STATUS_OK;
    for (uint64_t k = 0; k < reply.spans; k++) {
        struct span span;
        if (!share_get_span(in, window, &span) || !ahead_add(&share->ahead, &span))
            return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
    }
    if (reply.fault_kind)
        ahead_add_fault(&share->ahead, reply.fault_position,
                        (struct fault){(enum term_trouble)reply.fault_kind, reply.fault_at},
                        reply.fault_run);
    if (reply.signal)
        control_ask_stop(share->team->control, reply.signal);
    learn_speed(share, rank, reply.terms, reply.busy_ns);
    outcome->terms += reply.terms;
    outcome->busy_ns += reply.busy_ns;
    const enum status theirs = share_get_status(in, rank, !status);
    if (trace)
        trace_get(trace, in, (int)rank, share->shift_ns[rank]);
    return status ? status : theirs;
}

uint64_t share_ahead(const struct engine *engine)
{
    return ahead_terms(&((const struct share *)engine)->ahead);
}

enum status share_compute(struct engine *engine, struct window *window, const struct order *order,
                          struct sums *total, struct outcome *outcome)
{
    struct share *const share = (struct share *)engine;
    *outcome = (struct outcome){0};
    enum status status = plan(share, window, order);
    if (!status)
        status = share_take(share, window);
    if (status)
        return status;
    announce(share, window, order->limit_ns);
    struct team_outcome own;
    status = share_work(share, window, order->limit_ns, &own);
    learn_speed(share, 0, own.terms, own.busy_ns);
    outcome->terms = own.terms;
    outcome->busy_ns = own.busy_ns;
    bytes_clear(&share->out);
    ranks_gather(share->ranks, &share->out, &share->in);
    for (size_t rank = 1; rank < share->count; rank++) {
        const enum status heard = hear_reply(share, rank, window, outcome);
        status = status ? status : heard;
        if (heard) /* without memory its message is not read to the end */
            break;
    }
    if (!status && ahead_settle(&share->ahead, window, total))
        outcome->fault =
            (struct chunk_fault){share->ahead.fault, share->ahead.fault_run - window->run_base};
    return status;
}
