#include "run/run_resume.h"

/* A term that is keyed: all that was added up so far is in the result's table. */
enum status run_collect(struct run *run)
{
    struct engine *const engine = run->spec.engine;
    return run->spec.term->by_key ? engine->collect(engine, &run->result->table) : STATUS_OK;
}

/* Makes durable where the run stands, unless it stands where it stood. */
enum status run_checkpoint(struct run *run)
{
    const struct window *const window = &run->window;
    const struct result *const result = run->result;
    if (result->jobs == run->kept_jobs && result->terms == run->kept_terms)
        return STATUS_OK;
    run->kept_jobs = result->jobs;
    run->kept_terms = result->terms;
    struct engine *const engine = run->spec.engine;
    if (run->spec.term->by_key && engine->ahead(engine) > 0)
        return STATUS_OK; /* a stop has cut a round of ranks short: the last checkpoint stays */
    const enum status status = run_collect(run);
    if (status)
        return status;
    if (run->spec.term->find) /* the total may have those behind a fault, too */
        *sums_integer(result->total) = run->settled_hits;
    struct journal_state state = {
        .jobs = result->jobs,
        .total = result->total,
        .table = run->spec.term->by_key ? &run->result->table : NULL,
    };
    if (!run_idle(run) && window->settled > window->begin[window->first]) {
        state.terms = window->settled - window->begin[window->first];
        state.next = journal_job_of(window->jobs[window->first]);
        state.sum = window->carry;
    }
    return journal_checkpoint(run->spec.journal, &state);
}

/* Tells again of the hits of the job just recalled, the only one in the window. */
static enum status recall_hits(struct run *run)
{
    if (!run->spec.term->find)
        return STATUS_OK;
    for (bool first = true;; first = false) {
        struct hit hit;
        bool found;
        enum status status =
            journal_recall_hit(run->spec.journal, run->window.run_base, &hit, &found);
        if (status || !found)
            return status;
        if (first)
            TELL(run, before_jobs);
        status = run_tell_hit(run, &hit);
        if (status)
            return status;
    }
}

/* Takes the job just read, the only one in the window, as far as it was done from the journal. */
static enum status recall_job(struct run *run)
{
    struct window *const window = &run->window;
    const bool finished = journal_knows(run->spec.journal) == JOURNAL_FINISHED;
    enum status status =
        journal_recall(run->spec.journal, run->spec.source, window->jobs[0], window->values);
    if (!status)
        status = recall_hits(run);
    if (status)
        return status;
    if (!finished) {
        const struct journal_state *const state = journal_state(run->spec.journal);
        run->result->terms += state->terms;
        window_resume(window, state->terms, state->sum);
        if (run->so_far) /* what is done of this job is in the total, with all before it */
            sums_clear(window->layout, window->carry);
        return STATUS_OK;
    }
    run->result->terms += job_terms(window->jobs[0]);
    status = run_finish_jobs(run, 1);
    window_restart(window, window->run_base + 1, window->begin[1]);
    return status;
}

/* Brings the run to where the journal says it was stopped; finished jobs are reported again. */
enum status run_resume(struct run *run)
{
    run->resuming = true;
    while (journal_knows(run->spec.journal) != JOURNAL_NOTHING) {
        enum job_next next;
        enum status status = STATUS_OK;
        run_read_jobs(run, true, 1, UINT64_MAX, &next);
        if (next == JOB_READ)
            status = recall_job(run);
        else if (next == JOB_NOT_YET)
            status = run_flush(run);
        else if (next == JOB_END)
            status = run->source_status ? run_end_at_source(run)
                                        : journal_refuse_end(run->spec.journal, run->spec.source);
        if (status)
            return status;
        if (control_stop(run->spec.control) || run_out_of_time(run))
            return STATUS_STOPPED;
    }
    const struct journal_state *const state = journal_state(run->spec.journal);
    sums_copy(run->window.layout, run->result->total, state->total);
    if (run->so_far)
        sums_copy(run->window.layout, run->so_far, state->total);
    if (run->spec.term->by_key && state->table) {
        const enum status merged = engine_table_status(
            table_merge(&run->result->table, state->table), run->result->table.most);
        if (merged)
            return merged;
    }
    run->resuming = false;
    run->result->terms_before = run->result->terms;
    run->kept_jobs = UINT64_MAX; /* the fresh journal has no checkpoint yet */
    const enum status status = run_flush(run);
    return status ? status : run_checkpoint(run);
}
