/*
 * What the other ranks do.
 */
#include "cluster/share.h"

#include "cluster/share_round.h"
#include "cluster/share_wire.h"
#include "run/trace.h"

/* Makes the window and the deal of an announced round. */
static enum status hear_round(struct share *share, const struct announcement *head,
                              struct window *window)
{
    struct bytes *const in = &share->in;
    window_restart(window, head->run, head->position);
    window->enough = (size_t)head->enough;
    for (uint64_t j = 0; j < head->jobs; j++) {
        struct job job;
        if (!share_get_job(in, &job, head->numbers))
            return error_set(STATUS_FAILED, "out of memory for the jobs of a round");
        if (window->count == window->capacity || !window_push(window, job))
            return error_set(STATUS_FAILED, "the ranks are not of one program");
    }
    share->gaps =
        share_make_room(share->gaps, &share->gaps_room, (size_t)head->gaps, sizeof *share->gaps);
    if (!share->gaps)
        return error_set(STATUS_FAILED, "out of memory for the pieces of a round");
    bytes_get(in, share->gaps, (size_t)head->gaps * sizeof *share->gaps);
    bytes_get(in, share->weights, share->count * sizeof *share->weights);
    share->deal = (struct deal){
        .gap_count = (size_t)head->gaps,
        .cycles = head->cycles,
        .whole_gaps = head->whole_gaps,
        .grain = head->grain,
    };
    return share_take(share, window);
}

/* Says what came of the round, and forgets it. */
static void say_reply(struct share *share, const struct window *window,
                      const struct team_outcome *outcome, enum status status)
{
    struct team *const team = share->team;
    struct ahead *const ahead = &share->ahead;
    struct bytes *const out = &share->out;
    const struct reply reply = {
        .terms = outcome->terms,
        .busy_ns = outcome->busy_ns,
        .spans = ahead->count,
        .fault_position = ahead->limit,
        .fault_run = ahead->fault_run,
        .fault_at = ahead->fault.at,
        .fault_kind = ahead->fault.kind,
        .signal = control_stop(team->control),
    };
    bytes_clear(out);
    bytes_put(out, &reply, sizeof reply);
    for (size_t k = 0; k < ahead->count; k++)
        share_put_span(out, window, &ahead->spans[k]);
    share_put_status(out, status);
    if (team->trace)
        trace_put(team->trace, out);
    ranks_gather(share->ranks, out, NULL);
    ahead_forget(ahead);
}

enum status share_serve(struct share *share, struct window *window)
{
    struct control *const control = share->team->control;
    for (;;) {
        struct announcement head;
        ranks_broadcast(share->ranks, &share->in);
        bytes_get(&share->in, &head, sizeof head);
        if (head.over) {
            if (head.signal)
                control_ask_stop(control, (int)head.signal);
            const enum status status = share_send_threads(share);
            return head.status ? (enum status)head.status : status;
        }
        if (head.collect) {
            const enum status sent = share_send_table(share);
            (void)sent; /* rank 0 hears what came of it */
            continue;
        }
        struct team_outcome outcome = {0};
        (void)control_take_checkpoint(control); /* the first rank makes the checkpoints */
        enum status status = hear_round(share, &head, window);
        if (!status)
            status = share_work(share, window, head.limit_ns, &outcome);
        say_reply(share, window, &outcome, status);
    }
}
