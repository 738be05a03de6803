#include "share.h"

#include "bytes.h"
#include "clock.h"
#include "deal.h"
#include "signals.h"

#include <math.h>
#include <stdlib.h>

/*
 * Pieces of a round for each rank. More of them even out terms that grow dearer along the run, and
 * leave gaps near each other when the clock ends the round; each costs up to three exact sums.
 */
#define CYCLES 4

/* A rank's speed is the mean of this round's and what it was, so one odd round counts half. */
#define NEW_SPEED 0.5

/* Weights are whole numbers, so that all ranks deal alike: the fastest has this one. */
#define WEIGHT_MAX 65536

struct share {
    struct ranks *ranks;
    size_t number, count;
    struct bytes out, in;

    /* The round, on all ranks. */
    struct deal deal;
    struct gap *gaps;
    size_t gaps_room;
    uint32_t *weights;
    struct piece *pieces;
    size_t pieces_room;

    /* Rank 0. */
    struct ahead ahead;
    int *threads;  /* of each rank */
    double *speed; /* terms a nanosecond, of each rank; 0: not known */
    int all_threads;
};

/* What rank 0 says before a round, followed by its jobs, gaps and weights, or at the end. */
struct announcement {
    uint64_t run, position; /* of the first job */
    uint64_t jobs, gaps;    /* how many */
    uint64_t grain, limit_ns;
    uint32_t cycles, whole_gaps;
    uint32_t over; /* there are no more rounds */
    uint32_t status;
    int64_t signal;
};

/* What a rank says after a round, followed by its spans. */
struct reply {
    uint64_t terms, busy_ns, spans;
    uint64_t fault_position, fault_run;
    int64_t fault_i;
    uint32_t fault_kind;
    int32_t signal;
    int64_t status; /* what else went wrong; its message comes last */
};

/* What a rank says when ranks agree, followed by its message if its status is not 0. */
static void put_status(struct bytes *bytes, enum status status)
{
    const int32_t number = (int32_t)status;
    bytes_put(bytes, &number, sizeof number);
    if (status) {
        char message[DIAG_MESSAGE];
        diag_held(message);
        bytes_put(bytes, message, sizeof message);
    }
}

/* Rank 0: the first rank that has failed decides; rank 0's own message has been told. */
static enum status first_failure(struct bytes *all, int count)
{
    enum status first = STATUS_OK;
    for (int rank = 0; rank < count; rank++) {
        int32_t status;
        bytes_get(all, &status, sizeof status);
        if (!status)
            continue;
        char message[DIAG_MESSAGE];
        bytes_get(all, message, sizeof message);
        if (!first && rank > 0)
            diag_note("rank %d: %.*s", rank, DIAG_MESSAGE - 1, message);
        if (!first)
            first = (enum status)status;
    }
    return first;
}

static enum status agree(struct ranks *ranks, enum status status)
{
    struct bytes mine = {0}, heard = {0};
    put_status(&mine, status);
    ranks_gather(ranks, &mine, &heard);
    if (ranks_number(ranks) == 0) {
        status = first_failure(&heard, ranks_count(ranks));
        bytes_clear(&heard);
        bytes_put(&heard, &(int32_t){(int32_t)status}, sizeof(int32_t));
    }
    ranks_broadcast(ranks, &heard);
    int32_t agreed;
    bytes_get(&heard, &agreed, sizeof agreed);
    bytes_free(&mine);
    bytes_free(&heard);
    return (enum status)agreed;
}

enum status share_term(struct ranks *ranks, enum status status,
                       const struct term_compiled *compiled)
{
    struct bytes bytes = {0};
    if (!status)
        status = term_put(compiled, &bytes);
    if (status) /* the others need something to take */
        bytes_clear(&bytes);
    ranks_broadcast(ranks, &bytes);
    bytes_free(&bytes);
    return agree(ranks, status);
}

enum status share_take_term(struct ranks *ranks, struct term_compiled **compiled,
                            struct term *term)
{
    struct bytes bytes = {0};
    ranks_broadcast(ranks, &bytes);
    const enum status status = term_get(compiled, &bytes, term);
    bytes_free(&bytes);
    return agree(ranks, status);
}

static struct share *new_share(struct ranks *ranks)
{
    struct share *const share = calloc(1, sizeof *share);
    if (!share)
        return NULL;
    share->ranks = ranks;
    share->number = (size_t)ranks_number(ranks);
    share->count = (size_t)ranks_count(ranks);
    share->ahead.limit = UINT64_MAX;
    share->weights = calloc(share->count, sizeof *share->weights);
    share->threads = calloc(share->count, sizeof *share->threads);
    share->speed = calloc(share->count, sizeof *share->speed);
    if (share->weights && share->threads && share->speed)
        return share;
    share_close(share);
    return NULL;
}

enum status share_open(struct share **opened, struct ranks *ranks, int threads, enum status status)
{
    struct share *const share = new_share(ranks);
    if (!status && !share)
        status = diag_error(STATUS_FAILED, "out of memory for %d ranks", ranks_count(ranks));
    status = agree(ranks, status);
    if (status) {
        share_close(share);
        return status;
    }
    const int32_t mine = threads;
    bytes_put(&share->out, &mine, sizeof mine);
    ranks_gather(ranks, &share->out, &share->in);
    for (size_t rank = 0; share->number == 0 && rank < share->count; rank++) {
        int32_t one;
        bytes_get(&share->in, &one, sizeof one);
        share->threads[rank] = one;
        share->all_threads += one;
    }
    *opened = share;
    return STATUS_OK;
}

void share_close(struct share *share)
{
    if (!share)
        return;
    bytes_free(&share->out);
    bytes_free(&share->in);
    ahead_clear(&share->ahead);
    free(share->gaps);
    free(share->weights);
    free(share->pieces);
    free(share->threads);
    free(share->speed);
    free(share);
}

int share_ranks(const struct share *share)
{
    return (int)share->count;
}

int share_threads(const struct share *share)
{
    return share->all_threads;
}

uint64_t share_ahead(const struct share *share)
{
    return ahead_terms(&share->ahead);
}

/* Room for more than `count` elements, or NULL; the content is lost. */
static void *make_room(void *array, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return array;
    free(array);
    *room = 2 * count + 16;
    return malloc(*room * size);
}

/* Cuts the window to this rank's pieces of the round that share->deal describes. */
static enum status take_share(struct share *share, struct window *window)
{
    struct deal *const deal = &share->deal;
    deal->gaps = share->gaps;
    deal->weights = share->weights;
    deal->ranks = share->count;
    share->pieces = make_room(share->pieces, &share->pieces_room, deal->cycles + deal->gap_count,
                              sizeof *share->pieces);
    if (!share->pieces)
        return diag_error(STATUS_FAILED, "out of memory for the pieces of a round");
    const size_t count = deal_pieces(deal, share->number, window, share->pieces);
    window_cut_pieces(window, share->pieces, count, deal->grain);
    return STATUS_OK;
}

/*
 * What this rank has done of its share goes ahead: for each piece one span, and the first fault.
 * The team added up all of it once more, by a reduction, so the two are held against each other.
 */
static enum status book(struct share *share, struct window *window, const struct outcome *outcome,
                        const struct exact *reduction)
{
    struct exact sum;
    exact_init(&sum, window->kind);
    bool fits = true;
    for (size_t p = 0; fits && p < window->piece_count; p++) {
        if (window->pieces[p].first_chunk >= outcome->chunks_done)
            break;
        struct span span;
        size_t job;
        fits = window_join_chunks(window, p, outcome->chunks_done, &span, &job);
        if (!fits)
            ahead_add_fault(&share->ahead, span.end,
                            (struct fault){FAULT_SUM, window->jobs[job].start},
                            window->run_base + job);
        if (span.begin < span.end && !ahead_add(&share->ahead, &span))
            return diag_error(STATUS_FAILED, "out of memory for the pieces of a round");
        edge_add(&span.edge, &sum);
    }
    const struct chunk_fault *const fault = &outcome->fault;
    if (fault->fault.kind)
        ahead_add_fault(&share->ahead, chunk_begin(window, outcome->chunks_done), fault->fault,
                        window->run_base + fault->job);
    else if (fits && !exact_equal(&sum, reduction))
        return diag_error(STATUS_UNVERIFIED, "a share's sum is not what its pieces add up to; this "
                                             "machine or this build computes wrong");
    return STATUS_OK;
}

/* This rank's share, from the cut to the spans. */
static enum status work(struct share *share, struct window *window, const struct term *term,
                        struct team *team, uint64_t limit_ns, struct outcome *outcome)
{
    struct exact sum;
    exact_init(&sum, window->kind);
    *outcome = team_compute(team, window, term, limit_ns ? clock_ns() + limit_ns : 0, &sum);
    return book(share, window, outcome, &sum);
}

/* An exact sum on its way, in the one form that equal sums have. */
static void put_exact(struct bytes *bytes, const struct exact *sum)
{
    if (sum->kind == EXACT_REAL) {
        struct superacc real = sum->real;
        superacc_normalize(&real);
        bytes_put(bytes, &real, sizeof real);
    } else {
        bytes_put(bytes, &sum->low, sizeof sum->low);
        bytes_put(bytes, &sum->high, sizeof sum->high);
    }
}

static void get_exact(struct bytes *bytes, enum exact_kind kind, struct exact *sum)
{
    exact_init(sum, kind);
    if (kind == EXACT_REAL) {
        bytes_get(bytes, &sum->real, sizeof sum->real);
    } else {
        bytes_get(bytes, &sum->low, sizeof sum->low);
        bytes_get(bytes, &sum->high, sizeof sum->high);
    }
}

/* Which parts of a span there are: known on both sides from its borders and the jobs. */
struct parts {
    bool head, tail;
    size_t first, count; /* the jobs that lie within */
};

static struct parts parts_of(const struct window *window, const struct span *span)
{
    const uint64_t *const begin = window->begin;
    const size_t first = window_find_job(window, span->begin);
    const size_t last = window_find_job(window, span->end - 1);
    const bool head = begin[first] < span->begin, open = begin[last + 1] > span->end;
    const size_t cut = head || open ? (first == last ? 1u : (size_t)head + open) : 0;
    return (struct parts){
        .head = head,
        .tail = open && !(head && first == last),
        .first = first + head,
        .count = last + 1 - first - cut,
    };
}

static void put_span(struct bytes *bytes, const struct window *window, const struct span *span)
{
    const struct parts parts = parts_of(window, span);
    bytes_put(bytes, &span->begin, sizeof span->begin);
    bytes_put(bytes, &span->end, sizeof span->end);
    if (parts.head)
        put_exact(bytes, &span->edge.head);
    if (parts.tail)
        put_exact(bytes, &span->edge.tail);
    if (parts.count == 0)
        return;
    put_exact(bytes, &span->edge.whole);
    bytes_put(bytes, &window->sums[parts.first], parts.count * sizeof *window->sums);
}

static void get_span(struct bytes *bytes, struct window *window, struct span *span)
{
    bytes_get(bytes, &span->begin, sizeof span->begin);
    bytes_get(bytes, &span->end, sizeof span->end);
    const struct parts parts = parts_of(window, span);
    exact_init(&span->edge.head, window->kind);
    exact_init(&span->edge.tail, window->kind);
    exact_init(&span->edge.whole, window->kind);
    if (parts.head)
        get_exact(bytes, window->kind, &span->edge.head);
    if (parts.tail)
        get_exact(bytes, window->kind, &span->edge.tail);
    if (parts.count == 0)
        return;
    get_exact(bytes, window->kind, &span->edge.whole);
    bytes_get(bytes, &window->sums[parts.first], parts.count * sizeof *window->sums);
}

/* ---- rank 0 ---- */

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
    const double speed =
        (double)terms / (double)(busy_ns ? busy_ns : 1) * share->threads[rank];
    const double old = share->speed[rank];
    share->speed[rank] = old > 0 ? old + NEW_SPEED * (speed - old) : speed;
}

/* Decides the round: share->deal and what it points to. */
static enum status plan(struct share *share, const struct window *window, const struct order *order)
{
    share->gaps =
        make_room(share->gaps, &share->gaps_room, share->ahead.count, sizeof *share->gaps);
    if (!share->gaps)
        return diag_error(STATUS_FAILED, "out of memory for the pieces of a round");
    const size_t gaps = deal_find_gaps(&share->ahead, window, order->terms, share->gaps);
    weigh(share);
    /* Every thread should have a chunk of each cycle. */
    const uint64_t chunks = order->terms / order->grain / (uint64_t)share->all_threads;
    share->deal = (struct deal){
        .gap_count = gaps,
        .cycles = chunks >= CYCLES || order->grain == GRAIN_JOB ? CYCLES
                  : chunks > 0                                  ? (uint32_t)chunks
                                                                : 1,
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
    };
    size_t first = 0;
    if (deal->gap_count > 0) {
        first = window_find_job(window, share->gaps[0].begin);
        head.run = window->run_base + first;
        head.position = window->begin[first];
        head.jobs =
            window_find_job(window, share->gaps[deal->gap_count - 1].end - 1) + 1 - first;
    }
    bytes_clear(&share->out);
    bytes_put(&share->out, &head, sizeof head);
    bytes_put(&share->out, window->jobs + first, head.jobs * sizeof *window->jobs);
    bytes_put(&share->out, share->gaps, head.gaps * sizeof *share->gaps);
    bytes_put(&share->out, share->weights, share->count * sizeof *share->weights);
    ranks_broadcast(share->ranks, &share->out);
}

/* What a rank other than 0 has done. */
static enum status hear_reply(struct share *share, size_t rank, struct window *window,
                              struct outcome *outcome)
{
    struct bytes *const in = &share->in;
    struct reply reply;
    bytes_get(in, &reply, sizeof reply);
    enum status status = STATUS_OK;
    for (uint64_t k = 0; k < reply.spans; k++) {
        struct span span;
        get_span(in, window, &span);
        if (!status && !ahead_add(&share->ahead, &span))
            status = diag_error(STATUS_FAILED, "out of memory for the pieces of a round");
    }
    if (reply.fault_kind)
        ahead_add_fault(&share->ahead, reply.fault_position,
                        (struct fault){(enum fault_kind)reply.fault_kind, reply.fault_i},
                        reply.fault_run);
    if (reply.signal)
        signals_adopt(reply.signal);
    learn_speed(share, rank, reply.terms, reply.busy_ns);
    outcome->terms += reply.terms;
    outcome->busy_ns += reply.busy_ns;
    if (!status && reply.status) {
        char message[DIAG_MESSAGE];
        bytes_get(in, message, sizeof message);
        status = diag_error((enum status)reply.status, "rank %zu: %.*s", rank, DIAG_MESSAGE - 1,
                            message);
    }
    return status;
}

enum status share_compute(struct share *share, struct window *window, const struct term *term,
                          struct team *team, const struct order *order, struct exact *total,
                          struct outcome *outcome)
{
    *outcome = (struct outcome){0};
    enum status status = plan(share, window, order);
    if (!status)
        status = take_share(share, window);
    if (status)
        return status;
    announce(share, window, order->limit_ns);
    status = work(share, window, term, team, order->limit_ns, outcome);
    learn_speed(share, 0, outcome->terms, outcome->busy_ns);
    bytes_clear(&share->out);
    ranks_gather(share->ranks, &share->out, &share->in);
    for (size_t rank = 1; rank < share->count; rank++) {
        const enum status heard = hear_reply(share, rank, window, outcome);
        status = status ? status : heard;
    }
    outcome->fault = (struct chunk_fault){0};
    if (!status && ahead_settle(&share->ahead, window, total))
        outcome->fault =
            (struct chunk_fault){share->ahead.fault, share->ahead.fault_run - window->run_base};
    return status;
}

/* What each thread of a rank has done, for the summary. */
static enum status gather_workers(struct share *share, const struct team *team, struct team *all)
{
    bytes_clear(&share->out);
    bytes_put(&share->out, team->workers, (size_t)team->threads * sizeof *team->workers);
    ranks_gather(share->ranks, &share->out, &share->in);
    if (share->number > 0)
        return STATUS_OK;
    if (!team_open(all, share->all_threads, false, NULL))
        return diag_error(STATUS_FAILED, "out of memory for %d threads", share->all_threads);
    bytes_get(&share->in, all->workers, (size_t)share->all_threads * sizeof *all->workers);
    return STATUS_OK;
}

enum status share_end(struct share *share, enum status status, const struct team *team,
                      struct team *all)
{
    const struct announcement head = {
        .over = true,
        .status = (uint32_t)status,
        .signal = signals_stop(),
    };
    bytes_clear(&share->out);
    bytes_put(&share->out, &head, sizeof head);
    ranks_broadcast(share->ranks, &share->out);
    const enum status gathered = gather_workers(share, team, all);
    return status ? status : gathered;
}

/* ---- the other ranks ---- */

/* Makes the window and the deal of an announced round. */
static enum status hear_round(struct share *share, const struct announcement *head,
                              struct window *window)
{
    struct bytes *const in = &share->in;
    window_restart(window, head->run, head->position);
    for (uint64_t j = 0; j < head->jobs; j++) {
        struct job job;
        bytes_get(in, &job, sizeof job);
        if (window->count == window->capacity || !window_push(window, job))
            return diag_error(STATUS_FAILED, "the ranks are not of one program");
    }
    share->gaps =
        make_room(share->gaps, &share->gaps_room, (size_t)head->gaps, sizeof *share->gaps);
    if (!share->gaps)
        return diag_error(STATUS_FAILED, "out of memory for the pieces of a round");
    bytes_get(in, share->gaps, (size_t)head->gaps * sizeof *share->gaps);
    bytes_get(in, share->weights, share->count * sizeof *share->weights);
    share->deal = (struct deal){
        .gap_count = (size_t)head->gaps,
        .cycles = head->cycles,
        .whole_gaps = head->whole_gaps,
        .grain = head->grain,
    };
    return take_share(share, window);
}

/* Says what came of the round, and forgets it. */
static void say_reply(struct share *share, const struct window *window,
                      const struct outcome *outcome, enum status status)
{
    struct ahead *const ahead = &share->ahead;
    struct bytes *const out = &share->out;
    const struct reply reply = {
        .terms = outcome->terms,
        .busy_ns = outcome->busy_ns,
        .spans = ahead->count,
        .fault_position = ahead->limit,
        .fault_run = ahead->fault_run,
        .fault_i = ahead->fault.i,
        .fault_kind = ahead->fault.kind,
        .signal = signals_stop(),
        .status = (int32_t)status,
    };
    bytes_clear(out);
    bytes_put(out, &reply, sizeof reply);
    for (size_t k = 0; k < ahead->count; k++)
        put_span(out, window, &ahead->spans[k]);
    if (status) {
        char message[DIAG_MESSAGE];
        diag_held(message);
        bytes_put(out, message, sizeof message);
    }
    ranks_gather(share->ranks, out, NULL);
    ahead_forget(ahead);
}

enum status share_serve(struct share *share, struct window *window, const struct term *term,
                        struct team *team)
{
    for (;;) {
        struct announcement head;
        ranks_broadcast(share->ranks, &share->in);
        bytes_get(&share->in, &head, sizeof head);
        if (head.over) {
            if (head.signal)
                signals_adopt((int)head.signal);
            const enum status gathered = gather_workers(share, team, NULL);
            return head.status ? (enum status)head.status : gathered;
        }
        struct outcome outcome = {0};
        enum status status = hear_round(share, &head, window);
        if (!status)
            status = work(share, window, term, team, head.limit_ns, &outcome);
        say_reply(share, window, &outcome, status);
    }
}
