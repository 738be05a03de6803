#include "cluster/share.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/machine.h"
#include "cluster/share_round.h"
#include "cluster/share_wire.h"
#include "run/trace.h"

#include <stdio.h>
#include <stdlib.h>

/* Rank 0: the first rank that has failed decides; rank 0's own message has been told. */
static enum status first_failure(struct bytes *all, size_t count)
{
    enum status first = STATUS_OK;
    for (size_t rank = 0; rank < count; rank++) {
        const enum status status = share_get_status(all, rank, !first && rank > 0);
        first = first ? first : status;
    }
    return first;
}

static enum status agree(struct ranks *ranks, enum status status)
{
    struct bytes mine = {0}, heard = {0};
    share_put_status(&mine, status);
    ranks_gather(ranks, &mine, &heard);
    if (ranks_number(ranks) == 0) {
        status = first_failure(&heard, (size_t)ranks_count(ranks));
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

enum status share_take_term(struct ranks *ranks, enum status status, const struct data *data,
                            struct term_compiled **compiled, struct term *term)
{
    struct bytes bytes = {0};
    *compiled = NULL;
    ranks_broadcast(ranks, &bytes);
    if (!status)
        status = term_get(compiled, &bytes, data, term);
    bytes_free(&bytes);
    return agree(ranks, status);
}

static enum status flush(struct engine *engine)
{
    struct trace *const trace = ((struct share *)engine)->team->trace;
    return trace ? trace_flush(trace) : STATUS_OK;
}

/* Rank 0: all ranks move what they have by key into one table. */
static enum status collect(struct engine *engine, struct table *into)
{
    struct share *const share = (struct share *)engine;
    const struct announcement head = {.collect = true};
    bytes_clear(&share->out);
    bytes_put(&share->out, &head, sizeof head);
    ranks_broadcast(share->ranks, &share->out);
    enum status status = share_send_table(share);
    for (size_t rank = 0; rank < share->count && !status; rank++) {
        status = share_get_status(&share->in, rank, rank > 0);
        if (!status)
            status = share_get_table(&share->in, into);
    }
    return status;
}

static enum status end(struct engine *engine, enum status status, struct engine_thread **threads)
{
    struct share *const share = (struct share *)engine;
    const struct announcement head = {
        .over = true,
        .status = (uint32_t)status,
        .signal = control_stop(share->team->control),
    };
    bytes_clear(&share->out);
    bytes_put(&share->out, &head, sizeof head);
    ranks_broadcast(share->ranks, &share->out);
    enum status sent = share_send_threads(share);
    *threads = calloc((size_t)engine->threads, sizeof **threads);
    if (!sent && *threads)
        bytes_get(&share->in, *threads, (size_t)engine->threads * sizeof **threads);
    else if (!sent)
        sent = error_set(STATUS_FAILED, "out of memory for %d threads", engine->threads);
    return status ? status : sent;
}

static struct share *new_share(struct ranks *ranks, struct team *team)
{
    struct share *const share = calloc(1, sizeof *share);
    if (!share)
        return NULL;
    share->engine = (struct engine){
        .own_threads = team->engine.threads,
        .parts = ranks_count(ranks),
        .serial = team->engine.serial,
        .ahead = share_ahead,
        .round = share_compute,
        .collect = collect,
        .flush = flush,
        .end = end,
    };
    share->team = team;
    share->ranks = ranks;
    share->number = (size_t)ranks_number(ranks);
    share->count = (size_t)ranks_count(ranks);
    share->ahead.limit = UINT64_MAX;
    share->weights = calloc(share->count, sizeof *share->weights);
    share->threads = calloc(share->count, sizeof *share->threads);
    share->speed = calloc(share->count, sizeof *share->speed);
    share->shift_ns = calloc(share->count, sizeof *share->shift_ns);
    share->hosts = calloc(share->count, sizeof *share->hosts);
    share->reduction = sums_new(&team->term->results->layout, 1);
    share->booked = sums_new(&team->term->results->layout, 1);
    if (share->weights && share->threads && share->speed && share->shift_ns && share->hosts &&
        share->reduction && share->booked)
        return share;
    share_close(share);
    return NULL;
}

/* What each rank says first, all at the same moment. */
struct hello {
    uint64_t now_ns;
    int64_t threads;
    char host[MACHINE_NAME];
};

static void hear_hellos(struct share *share)
{
    uint64_t now_ns = 0;
    for (size_t rank = 0; rank < share->count; rank++) {
        struct hello hello;
        bytes_get(&share->in, &hello, sizeof hello);
        if (rank == 0)
            now_ns = hello.now_ns;
        share->shift_ns[rank] = (int64_t)(now_ns - hello.now_ns);
        share->threads[rank] = (int)hello.threads;
        share->engine.threads += (int)hello.threads;
        snprintf(share->hosts[rank], sizeof share->hosts[rank], "%s", hello.host);
    }
}

enum status share_open(struct share **opened, struct ranks *ranks, struct team *team,
                       enum status status)
{
    struct share *const share = new_share(ranks, team);
    if (!status && !share)
        status = error_set(STATUS_FAILED, "out of memory for %d ranks", ranks_count(ranks));
    status = agree(ranks, status);
    if (status || !share) {
        share_close(share);
        return status;
    }
    ranks_meet(ranks);
    struct hello hello = {.now_ns = clock_ns(), .threads = team->engine.threads};
    machine_host(hello.host);
    bytes_put(&share->out, &hello, sizeof hello);
    ranks_gather(ranks, &share->out, &share->in);
    if (share->number == 0)
        hear_hellos(share);
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
    free(share->shift_ns);
    free(share->hosts);
    free(share->reduction);
    free(share->booked);
    free(share);
}

void share_name_processes(const struct share *share, struct trace *trace)
{
    for (size_t rank = 1; rank < share->count; rank++) {
        char name[MACHINE_NAME + 64];
        snprintf(name, sizeof name, "rank %zu on %s", rank, share->hosts[rank]);
        trace_add_process(trace, (int)rank, name, share->threads[rank]);
    }
}

struct engine *share_engine(struct share *share)
{
    return &share->engine;
}
