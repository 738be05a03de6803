#include "run/run.h"

#include "base/clock.h"
#include "base/digest.h"
#include "run/run_resume.h"
#include "run/verify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values of jobs in the window: enough that a round of tiny jobs (some 10 ns each) outlasts what it
   costs to begin one (some 10 us), and few enough to stay in a second-level cache. */
#define WINDOW_VALUES 65536
#define JOBS_LEAST 256

/* A round that should be shorter than some exchanges between ranks is not cut short. */
#define SHORT_ROUND_NS 3000000.0

/* From when on it is worth a line that a term is checked. */
#define CHECKS_TOLD_NS 10000000000u

/* Chunks in a round for each thread: a second in chunks of a millisecond. But their edges take no
   more than so many bytes, or there are so few as still make an even load. */
#define CHUNKS_A_THREAD 1024
#define EDGES_A_THREAD (4 << 20)
#define CHUNKS_LEAST 64

enum status run_flush(struct run *run)
{
    const struct run_listener *const listener = run->spec.listener;
    return listener->flush ? listener->flush(listener->context) : STATUS_OK;
}

bool run_out_of_time(const struct run *run)
{
    return run->spec.stop_ns && clock_ns() >= run->spec.stop_ns;
}

/* Once, in a run that is long enough for it to matter: why it may be slow. */
static void note_checks(struct run *run)
{
    if (!run->spec.term->checked || run->checks_told || clock_ns() - run->start_ns < CHECKS_TOLD_NS)
        return;
    run->checks_told = true;
    error_note("the term is checked as it runs, which can take up to 30 times as long: unsigned "
               "arithmetic in the function, or --wrap, needs no checks");
}

/* Between rounds and while waiting: a checkpoint where one is due or asked for (SIGUSR1). */
static enum status keep(struct run *run)
{
    const bool asked = control_take_checkpoint(run->spec.control);
    if (asked)
        TELL(run, asked, job_source_total(run->spec.source), run->result->terms, run->result->hits);
    if (!run->spec.journal || (!asked && clock_ns() < journal_due_ns(run->spec.journal)))
        return STATUS_OK;
    return run_checkpoint(run);
}

/*
 * Reads the next jobs that have arrived, up to `most` of them with about `terms` terms, into the
 * window, which has room. A bad one ends the jobs: those before it are finished first.
 */
void run_read_jobs(struct run *run, bool wait, size_t most, uint64_t terms, enum job_next *next)
{
    struct window *const window = &run->window;
    struct job_batch batch = window_batch(window, most, terms);
    run->source_status = job_source_read(run->spec.source, wait, next, &batch);
    const size_t before = window->count;
    if (!window_take(window, &batch)) {
        free(batch.jobs[batch.count - 1].row);
        run->source_status = error_set(STATUS_USAGE,
                                       "%s: with it the run has more than 2^63-1 terms; cut it "
                                       "into several runs",
                                       job_source_place(run->spec.source));
    }
    if (run->source_status) {
        run->source_error = strdup(error_last().text);
        error_clear();
    }
    run->source_ended = run->source_status || *next == JOB_END;
    *next = window->count > before ? JOB_READ : run->source_ended ? JOB_END : JOB_NOT_YET;
    run->result->longest = window->longest;
}

/* The jobs before the source's end are finished. */
enum status run_end_at_source(const struct run *run)
{
    const char *const text = run->source_error ? run->source_error : "out of memory for a message";
    return run->source_status ? error_set(run->source_status, "%s", text) : STATUS_OK;
}

/* Terms in the window that are not done. */
static uint64_t terms_left(const struct run *run)
{
    return window_terms(&run->window) - run->spec.engine->ahead(run->spec.engine);
}

static enum status compute(struct run *run, const struct order *order, struct outcome *outcome)
{
    struct engine *const engine = run->spec.engine;
    return engine->round(engine, &run->window, order, run->result->total, outcome);
}

/* While there is nothing to do: a signal may have come to another rank. */
static enum status beat(struct run *run)
{
    const struct order nothing = {.grain = 1};
    struct outcome outcome;
    return compute(run, &nothing, &outcome);
}

/*
 * Reads jobs for a round, no more than it needs. Waits for input only where there is nothing else
 * to do, and comes back without a job when it is time to stop.
 */
static enum status fill(struct run *run)
{
    struct window *const window = &run->window;
    while (!run->source_ended && !control_stop(run->spec.control) && window_has_room(window)) {
        const uint64_t left = terms_left(run), plan = run->pace.plan;
        const bool whole_jobs = run->spec.grain == GRAIN_JOB;
        if (left >= plan && !whole_jobs)
            break;
        enum job_next next;
        run_read_jobs(run, run_idle(run), SIZE_MAX, whole_jobs ? UINT64_MAX : plan - left, &next);
        if (next != JOB_NOT_YET)
            continue;
        if (!run_idle(run) || run_out_of_time(run))
            break;
        enum status status = beat(run);
        if (!status)
            status = keep(run);
        if (status)
            return status;
    }
    return STATUS_OK;
}

static void digest_values(struct run *run, const union value *values)
{
    const struct results *const results = run->window.results;
    for (size_t k = 0; k < results->count; k++)
        run->result->digest =
            digest_add(run->result->digest, &values[k], exact_value_size(results->result[k].kind));
}

/* The results of job j are those of all jobs so far. */
static enum status accumulate(struct run *run, size_t j)
{
    struct window *const window = &run->window;
    sums_merge(window->layout, run->so_far, window_late(window, j));
    return results_finish(window->results, run->so_far, window_values(window, j))
               ? STATUS_OK
               : verify_fault(window, run->spec.term, &(struct chunk_fault){{.kind = TERM_SUM}, j});
}

/* The same, where they must be right. */
static enum status check_so_far(struct run *run, size_t j)
{
    const struct window *const window = &run->window;
    const enum status status = run->resuming ? STATUS_OK : accumulate(run, j);
    return status || !run->spec.term->built_in
               ? status
               : verify_so_far(window->jobs[j], *window_values(window, j), &run->expected);
}

/*
 * Sees to it that the results of the finished jobs, those before jobs[*end], are right. At one that
 * is not, *end becomes its index, and the error says so.
 */
static enum status check_jobs(struct run *run, size_t *end)
{
    const struct window *const window = &run->window;
    const size_t first = window->first;
    if (!run->so_far) {
        size_t count = *end - first;
        const enum status status =
            run->spec.term->built_in
                ? verify_jobs(window->run_base + first, window->jobs + first,
                              window_values(window, first), &count, &run->expected)
                : STATUS_OK;
        *end = first + count;
        return status;
    }
    for (size_t j = first; j < *end; j++) {
        const enum status status = check_so_far(run, j);
        if (status) {
            *end = j;
            return status;
        }
    }
    return STATUS_OK;
}

/* Whoever wants to know hears of a job that is finished. */
static enum status tell_job(struct run *run, size_t j)
{
    const struct run_listener *const listener = run->spec.listener;
    const struct job *const job = &run->window.jobs[j];
    const union value *const values = window_values(&run->window, j);
    enum status status =
        run->spec.journal ? journal_note(run->spec.journal, job, values) : STATUS_OK;
    if (!status && listener->job)
        status = listener->job(listener->context, run->window.run_base + j, job, values);
    if (run->spec.digest)
        digest_values(run, values);
    return status;
}

enum status run_finish_jobs(struct run *run, size_t end)
{
    const enum status checked = check_jobs(run, &end);
    const bool heard = run->spec.journal || run->spec.listener->job || run->spec.digest;
    const size_t first = run->window.first;
    size_t j = heard ? first : end;
    enum status status = STATUS_OK;
    for (; j < end && !status; j++)
        status = tell_job(run, j);
    run->result->jobs += j - first;
    return checked ? checked : status; /* of two errors the first one is told */
}

/* Notes in the result which fault it is that ends the run. */
static enum status end_by_fault(struct run *run, const struct chunk_fault *fault)
{
    run->result->fault = fault->fault;
    run->result->fault_job = run->window.run_base + fault->job;
    if (fault->fault.kind == TERM_SUM)
        run->result->fault.at.i = run->window.jobs[fault->job].start;
    return verify_fault(&run->window, run->spec.term, fault);
}

/* Between rounds: books what is done and tells of it. */
static enum status settle(struct run *run, const struct outcome *outcome)
{
    struct window *const window = &run->window;
    struct engine *const engine = run->spec.engine;
    const size_t finished = window_finished(window);
    const enum status told = run_tell_hits(run);
    if (told)
        return told;
    /* Before the rows are written, not before the flush: a full buffer is written out at once. */
    if (finished > window->first)
        TELL(run, before_jobs);
    enum status status = run_finish_jobs(run, finished);
    if (status)
        return status;
    if (outcome->misfit)
        return end_by_fault(run, &(struct chunk_fault){{.kind = TERM_SUM}, outcome->misfit_job});
    run->result->terms += outcome->terms;
    note_checks(run);
    window_forget(window, finished);
    /* Chunks behind one with a fault may be in the total, so it is not one to go on from. */
    status = outcome->fault.fault.kind ? STATUS_OK : keep(run);
    if (!status)
        status = run_flush(run);
    if (!status)
        status = engine->flush(engine);
    if (!status)
        TELL(run, progress, run->result->terms, run->result->hits);
    return status;
}

/*
 * How long a round of so many terms may last. One that ranks share is cut short by a fifth of the
 * time it should take, so that all ranks work until the clock says stop; what is left over comes
 * first in the next one. So the last second of a run is ever shorter rounds, down to one that takes
 * no longer than a few exchanges.
 */
static uint64_t round_ns(const struct run *run, uint64_t terms)
{
    const double ns = 0.8 * (double)terms * run->pace.term_ns / run->pace.threads;
    const bool shared = run->spec.engine->parts > 1;
    return shared && ns >= SHORT_ROUND_NS && ns < PACE_ROUND_NS ? (uint64_t)ns : PACE_ROUND_NS;
}

/*
 * The next round: how much, how finely cut, and how long. Without a journal whole jobs are handed
 * out as a plain parallel map does: no round ends before its jobs do.
 */
static struct order plan(struct run *run)
{
    const uint64_t left = terms_left(run), now_ns = clock_ns();
    const bool whole_jobs = run->spec.grain == GRAIN_JOB;
    const uint64_t terms = left < run->pace.plan || whole_jobs ? left : run->pace.plan;
    uint64_t end_ns = whole_jobs ? UINT64_MAX : now_ns + round_ns(run, terms);
    if (run->spec.journal && journal_due_ns(run->spec.journal) < end_ns)
        end_ns = journal_due_ns(run->spec.journal);
    if (run->spec.stop_ns && run->spec.stop_ns < end_ns)
        end_ns = run->spec.stop_ns;
    /* What is added up by key has no place in the run, so none of it may be ahead: what ranks begin
       they do. */
    if (run->spec.term->by_key && run->spec.engine->parts > 1)
        end_ns = UINT64_MAX;
    uint64_t grain = run->spec.grain;
    if (!grain)
        grain = terms > 0 ? run_list_grain(run, pace_grain(&run->pace, terms)) : 1;
    run_want_hits(run);
    return (struct order){
        .terms = terms,
        .grain = grain,
        .limit_ns = end_ns == UINT64_MAX ? 0
                    : end_ns > now_ns    ? end_ns - now_ns
                                         : 1,
    };
}

/*
 * Ends the run at a fault. The jobs before it that share its chunk are finished first, and of a
 * list the hits before it are told, so that what is reported is the same whatever the chunks.
 */
static enum status end_at_fault(struct run *run, const struct chunk_fault *fault)
{
    const uint64_t settled = run->window.settled, begin = window_fault(&run->window, fault);
    if (settled < begin) {
        const struct order order = {.terms = begin - settled, .grain = begin - settled};
        struct outcome outcome;
        enum status status = compute(run, &order, &outcome);
        outcome.fault = *fault; /* the total holds these jobs twice */
        if (!status)
            status = settle(run, &outcome);
        if (status || run_has_enough(run))
            return status;
    }
    return end_by_fault(run, fault);
}

static enum status run_rounds(struct run *run)
{
    while (!run_has_enough(run)) {
        enum status status = fill(run);
        if (status)
            return status;
        if (run->source_ended && run_idle(run))
            return run_end_at_source(run);
        if (control_stop(run->spec.control) || run_out_of_time(run))
            return STATUS_STOPPED;
        const struct order order = plan(run);
        struct outcome outcome;
        status = compute(run, &order, &outcome);
        if (status)
            return status;
        pace_learn(&run->pace, outcome.terms, outcome.busy_ns);
        status = settle(run, &outcome);
        if (!status && outcome.fault.fault.kind && !run_has_enough(run))
            status = end_at_fault(run, &outcome.fault);
        if (status)
            return status;
    }
    return STATUS_OK;
}

enum status run_window(struct window *window, const struct term *term, int threads, bool cumulative)
{
    const size_t kept = cumulative ? term->results->layout.size / sizeof(union value)
                                   : results_slots(term->results);
    const struct layout *const layout = &term->results->layout;
    size_t chunks = EDGES_A_THREAD / (3 * layout->size);
    chunks = chunks < CHUNKS_LEAST ? CHUNKS_LEAST : chunks;
    chunks = chunks > CHUNKS_A_THREAD ? CHUNKS_A_THREAD : chunks;
    size_t jobs = WINDOW_VALUES / kept;
    jobs = jobs < JOBS_LEAST ? JOBS_LEAST : jobs;
    return window_init(window, term->results, jobs, (size_t)threads * chunks) &&
                   (!cumulative || window_keep_late(window)) &&
                   (!term->find || window_keep_hits(window))
               ? STATUS_OK
               : error_set(STATUS_FAILED, "out of memory for %d threads; take fewer (--threads)",
                           threads);
}

/* After a failure the window may be in the middle of something. */
static bool may_keep(enum status status)
{
    return !status || status == STATUS_STOPPED || status == STATUS_USAGE;
}

enum status run_jobs(const struct run_spec *spec, struct result *result)
{
    const struct layout *const layout = &spec->term->results->layout;
    *result = (struct result){
        .digest = DIGEST_START,
        .total = sums_new(layout, 1),
        .table = {.results = spec->term->by_key, .most = spec->most_keys},
    };
    if (!result->total)
        return error_set(STATUS_FAILED, "out of memory for the total");
    struct run run = {.spec = *spec, .result = result, .start_ns = clock_ns()};
    run.spec.grain = run_list_grain(&run, spec->grain);
    run.so_far = spec->cumulative ? sums_new(layout, 1) : NULL;
    if (spec->cumulative && !run.so_far)
        return error_set(STATUS_FAILED, "out of memory for the total");
    enum status status =
        run_window(&run.window, spec->term, spec->engine->own_threads, spec->cumulative);
    if (status) {
        free(run.so_far);
        return status;
    }
    pace_start(&run.pace, spec->engine->threads, spec->term->term_ns, spec->term->blocks);
    status = spec->journal ? run_resume(&run) : STATUS_OK;
    TELL(&run, begin, job_source_total(spec->source), result->terms);
    if (!status) {
        status = run_rounds(&run);
        if (spec->journal && may_keep(status)) {
            const enum status kept = run_checkpoint(&run);
            status = status && status != STATUS_STOPPED ? status : kept ? kept : status;
        }
    }
    if (!status)
        status = run_collect(&run);
    TELL(&run, end);
    if (!status && spec->term->built_in)
        status = verify_total(*sums_integer(result->total), run.expected);
    window_clear(&run.window);
    free(run.so_far);
    free(run.source_error);
    result->seconds = 1e-9 * (double)(clock_ns() - run.start_ns);
    return status;
}

void result_clear(struct result *result)
{
    free(result->total);
    result->total = NULL;
    table_clear(&result->table);
}
