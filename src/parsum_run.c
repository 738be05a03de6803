#include "base/clock.h"
#include "base/forked.h"
#include "exact/modes.h"
#include "parsum.h"
#include "parsum_parallel.h"
#include "parsum_result.h"
#include "parsum_task.h"
#include "run/team.h"
#include "run/trace.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What went wrong in a run, beside the text. */
struct failure {
    enum parsum_status status;
    uint64_t job;
    int64_t i;
};

/* What went wrong last in this thread. */
static _Thread_local struct failure last;

/* A run of so few terms may be over before its threads have started. */
enum { FEW_TERMS = 1000000 };

/* A run, from its caller's point of view. */
struct host {
    const struct parsum_task *asked;
    struct control control;
    struct task task;
    struct parsum_result *result;
    struct failure failure;
    FILE *trace;                             /* to be closed; NULL: it is, or there is none */
    struct parsum_value values[RESULTS_MAX]; /* of a row */
    bool ended;                              /* by row or progress */
};

/* What row or progress has answered. */
static void hear_answer(struct host *host, int answer)
{
    host->ended |= answer != 0;
    if (host->ended)
        control_ask_stop(&host->control, 1);
}

/* A row is there: its values are in host->values. */
static enum status tell(struct host *host, const struct belongs *belongs, size_t count)
{
    const struct parsum_task *const asked = host->asked;
    const struct parsum_row row = {belongs->number, belongs->range, belongs->at, count,
                                   host->values};
    if (asked->row && !host->ended) {
        const struct error_aside aside = error_set_aside();
        hear_answer(host, asked->row(asked->context, &row));
        error_put_back(aside);
    }
    if (!asked->row && !result_add(host->result, belongs, host->values))
        return error_set(STATUS_FAILED, "out of memory for so many rows; take them one by one, by "
                                        "the function `row`");
    return STATUS_OK;
}

static enum status hear_job(void *context, uint64_t number, const struct job *job,
                            const union value *values)
{
    struct host *const host = context;
    const struct belongs belongs = {number, {job->start, job->end}, 0};
    const struct parsum_result *const result = host->result;
    if (host->task.term.by_key || host->task.term.find)
        return STATUS_OK;
    result_values(result->results, result->count, values, host->values);
    return tell(host, &belongs, result->count);
}

static enum status hear_key(void *context, int64_t key, const union value *values)
{
    struct host *const host = context;
    const struct parsum_result *const result = host->result;
    result_values(result->results, result->count, values, host->values);
    return tell(host, &(struct belongs){.at = key}, result->count);
}

static enum status hear_hit(void *context, struct job job, const struct hit *hit)
{
    struct host *const host = context;
    const struct belongs belongs = {hit->run, {job.start, job.end}, hit->i};
    host->values[0] = result_value(host->task.term.hit_kind, hit->value);
    return tell(host, &belongs, 1);
}

static void hear_progress(void *context, uint64_t terms, uint64_t hits)
{
    struct host *const host = context;
    const struct parsum_task *const asked = host->asked;
    (void)hits;
    if (!asked->progress)
        return;
    const struct error_aside aside = error_set_aside();
    hear_answer(host, asked->progress(asked->context, terms, job_source_total(host->task.source)));
    error_put_back(aside);
}

static void hear_note(void *context, const char *text)
{
    const struct host *const host = context;
    const struct error_aside aside = error_set_aside();
    host->asked->note(host->asked->context, text);
    error_put_back(aside);
}

/* What the run came to, in the result. */
static enum status finish(struct host *host, const struct result *result,
                          const struct result *serial)
{
    struct parsum_result *const made = host->result;
    const struct term *const term = &host->task.term;
    union value *const totals = calloc(made->slots, sizeof *totals);
    int64_t *const runs = calloc(made->slots, sizeof *runs);
    enum status status = STATUS_FAILED;
    if (!totals || !runs)
        error_set(status, "out of memory for the results");
    else
        status = task_finish(term, result, hear_key, host, totals, runs);
    if (!status) {
        result_values(made->results, made->count, totals, made->totals);
        for (size_t k = 0; k < made->count; k++)
            made->totals[k].run = runs[k];
        made->summary.skipped = task_skipped(term, totals);
        made->summary.seconds = result->seconds;
        made->summary.serial_seconds = serial->seconds;
        made->summary.jobs = result->jobs;
        made->summary.terms = result->terms;
        made->summary.terms_before = result->terms_before;
        made->summary.hits = result->hits;
        status = result_end(made);
    }
    free(totals);
    free(runs);
    return status;
}

static void describe(struct host *host, int threads)
{
    struct parsum_summary *const summary = &host->result->summary;
    const struct term *const term = &host->task.term;
    summary->rows = term->by_key ? PARSUM_KEYS : term->find ? PARSUM_HITS : PARSUM_JOBS;
    summary->threads = threads;
    summary->keys_unsigned = term->by_key && !term->keys_signed;
    summary->machines_bits = term->machine;
    summary->data_seconds = host->task.load.seconds;
    summary->kernel = term->kernel; /* a constant */
}

/* How well the work was shared. */
static void add_up_busy(struct parsum_summary *summary, const struct engine_thread *threads,
                        int count)
{
    for (int thread = 0; threads && thread < count; thread++) {
        const double busy = 1e-9 * (double)threads[thread].busy_ns;
        summary->busy_seconds += busy;
        summary->busiest_seconds = fmax(summary->busiest_seconds, busy);
    }
}

static bool never(void)
{
    return false;
}

/* A trace, if one is wanted, which closes its file. */
static enum status open_trace(struct host *host, struct trace **trace, int threads)
{
    const struct trace_spec spec = {.file = host->trace, .path = "the trace", .gave_up = never};
    *trace = NULL;
    host->trace = NULL;
    return spec.file ? trace_open(trace, &spec, threads, clock_ns()) : STATUS_OK;
}

/* Runs the open task with a team. */
static enum status run(struct host *host, const struct task_spec *spec)
{
    struct task *const task = &host->task;
    const struct run_listener listener = {
        .context = host, .job = hear_job, .hit = hear_hit, .progress = hear_progress};
    const struct run_listener second = {.context = host, .progress = hear_progress};
    const uint64_t terms = job_source_total(task->source);
    struct trace *trace;
    enum status status = open_trace(host, &trace, spec->threads);
    if (status)
        return status;
    const struct team_spec team_spec = {
        .threads = spec->threads,
        .serial = spec->serial,
        .term = &task->term,
        .control = &host->control,
        .trace = trace,
        .most_keys = (size_t)spec->max_keys,
        .at_once = terms == 0 || terms > FEW_TERMS,
    };
    struct team team = {0};
    struct result result = {0}, serial = {0};
    struct engine_thread *threads = NULL;
    status = team_open(&team, &team_spec);
    if (!status)
        status = task_run(task, &team.engine, &listener, &second, &serial, &result);
    enum status closed = task_close_journal(task);
    status = team.engine.end ? team.engine.end(&team.engine, status ? status : closed, &threads)
                             : status;
    closed = trace_close(trace);
    status = status ? status : closed;
    add_up_busy(&host->result->summary, threads, spec->threads);
    if (!status)
        status = finish(host, &result, &serial);
    if (result.fault.kind) {
        host->failure.status = PARSUM_FAULT;
        host->failure.job = result.fault_job;
        host->failure.i = result.fault.at.i;
    }
    free(threads);
    result_clear(&result);
    result_clear(&serial);
    team_close(&team);
    return status;
}

/* Names of the results; a list has but its values. */
static enum status name(struct parsum_result *result, const struct term *term,
                        const struct columns *columns)
{
    if (term->find) {
        strcpy(result->names[0], "value");
        return STATUS_OK;
    }
    return names_make(result->names, result->results, result->count, term->names,
                      term->by_key ? NULL : columns);
}

static enum status run_task(struct host *host, const struct task_spec *spec)
{
    struct task *const task = &host->task;
    enum status status = task_open(task, spec, &host->control, false);
    if (task->in_term && status == STATUS_USAGE)
        host->failure.status = PARSUM_TERM;
    if (!status) {
        host->result = result_new(&task->term);
        status = host->result ? name(host->result, &task->term, job_source_columns(task->source))
                              : STATUS_FAILED;
    }
    if (!status && !spec->save_only)
        status = run(host, spec);
    if (!status)
        describe(host, spec->threads);
    const enum status closed = task_close(task);
    return status ? status : closed;
}

static enum parsum_status status_of(enum status status, const struct failure *failure)
{
    static const enum parsum_status known[] = {
        [STATUS_OK] = PARSUM_OK,
        [STATUS_FAILED] = PARSUM_FAILED,
        [STATUS_USAGE] = PARSUM_USAGE,
        [STATUS_UNVERIFIED] = PARSUM_UNVERIFIED,
    };
    if (status == STATUS_STOPPED)
        return PARSUM_STOPPED;
    return failure->status ? failure->status : known[status];
}

/* The thread's modes are the default ones, and its notes go to the caller. */
static enum status run_asked(struct host *host)
{
    struct task_spec spec;
    struct task_room room;
    enum status status = task_make(&spec, &room, host->asked);
    host->control.also = host->asked->stop;
    host->trace = host->asked->trace;
    if (!status)
        status = run_task(host, &spec);
    if (!status && host->ended)
        status = STATUS_STOPPED;
    if (status == STATUS_STOPPED)
        error_set(status, host->asked->journal ? "the run was stopped; run it again to go on from "
                                                 "its journal"
                                               : "the run was stopped; with a journal it could go "
                                                 "on from there");
    task_room_free(&room);
    if (host->trace)
        fclose(host->trace);
    return status;
}

enum parsum_status parsum_run(const struct parsum_task *task, struct parsum_result **result)
{
    struct host *const host = calloc(1, sizeof *host); /* large */
    struct parsum_task own = {0};
    const int number = errno;
    error_clear();
    *result = NULL;
    if (!host) {
        error_set(STATUS_FAILED, "out of memory for a run");
        last = (struct failure){.status = PARSUM_FAILED};
        return last.status;
    }
    enum status status = task_take(&own, task);
    if (!status) {
        host->asked = &own;
        const modes before = modes_default();
        const struct error_listener listener =
            error_take_notes_here((struct error_listener){own.note ? hear_note : NULL, host});
        status = run_asked(host);
        error_take_notes_here(listener);
        modes_restore(before);
    }
    last = host->failure;
    last.status = status_of(status, &last);
    if (status)
        parsum_result_free(host->result);
    else
        *result = host->result;
    free(host);
    errno = number;
    return last.status;
}

struct parsum_error parsum_error(void)
{
    const struct error error = error_last();
    return (struct parsum_error){last.status,  error.text, error.place,
                                 error.remedy, last.job,   last.i};
}

/* The sum of a function over one job, in *total. */
static enum parsum_status run_loop(struct parsum_task task, int64_t start, int64_t end,
                                   struct parsum_value *total)
{
    const struct parsum_job job = {start, end};
    struct parsum_result *result;
    if (!task.real && !task.integer) { /* a run would add up i */
        error_clear();
        error_set(STATUS_USAGE, "the loop has no function; give one");
        last = (struct failure){.status = PARSUM_USAGE};
        return last.status;
    }
    task.size = sizeof task;
    task.jobs = &job;
    task.job_count = 1;
    const enum parsum_status status = parsum_run(&task, &result);
    if (!status)
        *total = parsum_result_total(result, 0);
    parsum_result_free(result);
    return status;
}

enum parsum_status parsum_loop(int threads, int64_t start, int64_t end,
                               double (*f)(int64_t i, void *context), void *context, double *sum)
{
    const struct parsum_task task = {.real = f, .context = context, .threads = threads};
    struct parsum_value total;
    const enum parsum_status status = run_loop(task, start, end, &total);
    if (!status)
        *sum = total.real;
    return status;
}

enum parsum_status parsum_loop_integer(int threads, int64_t start, int64_t end,
                                       int64_t (*f)(int64_t i, void *context), void *context,
                                       int64_t *sum)
{
    const struct parsum_task task = {.integer = f, .context = context, .threads = threads};
    struct parsum_value total;
    const enum parsum_status status = run_loop(task, start, end, &total);
    if (status)
        return status;
    if (total.high != (int64_t)total.low >> 63) {
        error_set(STATUS_FAILED, "the sum does not fit 64 bits; take it from parsum_run");
        last.job = 1;
        last.i = start;
        return last.status = PARSUM_FAULT;
    }
    *sum = (int64_t)total.low;
    return PARSUM_OK;
}
