#include "cli/session.h"

#include "base/activity.h"
#include "base/clock.h"
#include "base/machine.h"
#include "cli/conclude.h"
#include "cli/files.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/session_mapped.h"
#include "cli/show.h"
#include "cli/signals.h"
#include "cli/trace_file.h"
#include "cluster/share.h"
#include "jobs/job.h"
#include "run/journal.h"
#include "run/run.h"
#include "run/team.h"
#include "run/trace.h"
#include "term/kernel.h"
#include "term/term.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A run of so few terms may be over before its threads have started. */
#define FEW_TERMS 1000000

/* What a rank, or the only process, computes with. */
struct workshop {
    struct trace *trace;
    struct team team;
    struct share *share;   /* NULL: there is one process */
    struct engine *engine; /* the team, or on rank 0 all ranks */
    struct window window;  /* of a rank other than 0 */
};

/* What rank 0, or the only process, leads. */
struct session {
    const struct options *options;
    struct ranks *ranks;
    struct task task;
};

static int starting; /* threads that OpenMP may have to start; 0: no run goes on */

/*
 * OpenMP ends the program by exit where it can't start a thread, and gives no remedy. The first
 * thread starts the others; what a term does, signals tell.
 */
static void on_exit_call(void)
{
    const char *const stack = getenv("OMP_STACKSIZE");
    if (!starting || activity.within || gettid() != getpid())
        return;
    error_set(STATUS_FAILED,
              "OpenMP can't start %d threads%s%.64s; give each a stack of another size "
              "(OMP_STACKSIZE=8M), or ask for fewer (--threads)",
              starting, stack ? " with OMP_STACKSIZE=" : "", stack ? stack : "");
    messages_tell_error();
}

/* For a run of so many terms; 0: not known. A quota does not matter to one that is over at once. */
static int choose_threads(const struct options *options, uint64_t terms)
{
    if (options->task.serial)
        return 1;
    int threads = options->task.threads ? options->task.threads : team_default_threads();
    const char *what;
    const int limit = team_threads_limit(&what);
    if (threads > limit) {
        error_note("%s allows %d thread%s, not %d", what, limit, limit == 1 ? "" : "s", threads);
        threads = limit;
    }
    struct team_start start;
    starting = atexit(on_exit_call) == 0 ? threads : 0;
    team_start(threads, &start);
    const bool few = terms > 0 && terms <= FEW_TERMS;
    const int cpus = few ? start.cpus : machine_limit(start.cpus);
    if (threads > start.threads)
        error_note("OpenMP gives a team of %d thread%s, not %d%s", start.threads,
                   start.threads == 1 ? "" : "s", threads, start.why);
    if (start.threads > cpus)
        error_note("%d threads share %d CPU%s%s: no faster than %d; see --threads", start.threads,
                   cpus, cpus == 1 ? "" : "s", start.why, cpus);
    return start.threads;
}

static enum status open_trace(struct workshop *shop, const struct options *options,
                              const struct ranks *ranks, int threads)
{
    struct trace_spec spec = {.path = options->trace, .gave_up = signals_gave_up};
    if (!options->trace)
        return STATUS_OK;
    const bool has_file = !ranks || ranks_number(ranks) == 0;
    const enum status status = has_file ? trace_file_open(options->trace, &spec.file) : STATUS_OK;
    return status ? status : trace_open(&shop->trace, &spec, threads, has_file ? clock_ns() : 0);
}

/*
 * For a run of so many terms; 0: not known. Under MPI all ranks open theirs at the same time, and
 * agree on what came of it.
 */
static enum status open_workshop(struct workshop *shop, const struct options *options,
                                 const struct term *term, uint64_t terms, struct ranks *ranks)
{
    const int threads = choose_threads(options, terms);
    enum status status = open_trace(shop, options, ranks, threads);
    const struct team_spec spec = {
        .threads = threads,
        .serial = options->task.serial,
        .term = term,
        .control = signals_control(),
        .trace = shop->trace,
        .most_keys = (size_t)options->task.max_keys,
        .at_once = terms == 0 || terms > FEW_TERMS,
    };
    const enum status opened = team_open(&shop->team, &spec);
    status = status ? status : opened;
    shop->engine = &shop->team.engine;
    if (!ranks)
        return status;
    if (!status && ranks_number(ranks) > 0)
        status = run_window(&shop->window, term, threads, options->task.cumulative);
    status = share_open(&shop->share, ranks, &shop->team, status);
    if (!status)
        shop->engine = share_engine(shop->share);
    if (!status && shop->trace && ranks_number(ranks) == 0)
        share_name_processes(shop->share, shop->trace);
    return status;
}

static enum status close_trace(struct workshop *shop)
{
    const enum status status = trace_close(shop->trace);
    shop->trace = NULL;
    return status;
}

static enum status close_workshop(struct workshop *shop)
{
    starting = 0;
    share_close(shop->share);
    window_clear(&shop->window);
    team_close(&shop->team);
    return close_trace(shop);
}

/* Journal and trace are closed before the last word is said, as that may fail. */
static enum status run_and_report(struct session *session, struct workshop *shop)
{
    const struct options *const options = session->options;
    struct task *const task = &session->task;
    struct engine *const engine = shop->engine;
    static struct report report; /* it is large */
    struct result serial = {0}, result = {0};
    struct engine_thread *threads = NULL;
    struct show first = {.options = options, .report = &report}, second = {.options = options};
    const struct run_listener listeners[] = {show_listener(&first), show_listener(&second)};
    enum status status =
        report_begin(&report, options, &task->term, job_source_columns(task->source));
    if (!status)
        status = task_run(task, engine, &listeners[0], &listeners[1], &serial, &result);
    enum status closed = task_close_journal(task);
    status = engine->end(engine, status ? status : closed, &threads);
    closed = close_trace(shop);
    status = status ? status : closed;
    status = conclude(&(struct conclusion){.options = options,
                                           .term = &task->term,
                                           .report = &report,
                                           .engine = engine,
                                           .threads = threads,
                                           .ranks = session->ranks ? engine->parts : 0,
                                           .has_data = task->load.data.count > 0,
                                           .data_seconds = task->load.seconds,
                                           .serial = &serial,
                                           .result = &result},
                      status);
    free(threads);
    result_clear(&serial);
    result_clear(&result);
    return status;
}

/* Everything that the run needs, in order; with ranks they all agree on what came of it. */
static enum status open_session(struct session *session)
{
    const struct options *const options = session->options;
    struct task *const task = &session->task;
    enum status status = files_check(options);
    if (!status)
        status = output_open(options->output);
    if (!status)
        status = task_open(task, &options->task, signals_control(), session->ranks);
    if (!status && task->term.find && options->format == FORMAT_NPY)
        status = error_set(STATUS_USAGE, "--format npy is for results, and a list has none; give "
                                         "--format csv");
    return session->ranks ? share_term(session->ranks, status, task->compiled) : status;
}

static enum status lead(const struct options *options, struct ranks *ranks)
{
    if (options->task.jobs_random && !options->task.save_only)
        error_note("%" PRId64 " random jobs below %" PRId64 ", seed %" PRId64,
                   options->task.jobs.random, options->task.jobs.below, options->task.jobs.seed);
    struct session session = {.options = options, .ranks = ranks};
    struct workshop shop = {0};
    enum status status = open_session(&session);
    const struct task *const task = &session.task;
    if (!status && !options->task.save_only) {
        status = open_workshop(&shop, options, &task->term, job_source_total(task->source), ranks);
        if (!status)
            status = run_and_report(&session, &shop);
        const enum status closed = close_workshop(&shop);
        status = status ? status : closed;
    }
    mapped_forget();
    const enum status closed = task_close(&session.task);
    status = status ? status : closed;
    const enum status kept = output_close(!status);
    return status ? status : kept;
}

/* What the other ranks do. */
static enum status follow(const struct options *options, struct ranks *ranks)
{
    struct term_compiled *compiled;
    struct term term = kernel_built_in();
    struct workshop shop = {0};
    struct load load;
    enum status status = load_open(&load, &options->task.load, task_threads(&options->task), true,
                                   signals_control());
    status = share_take_term(ranks, status, &load.data, &compiled, &term);
    if (!status && !options->task.save_only) {
        status = open_workshop(&shop, options, &term, 0, ranks);
        if (!status)
            status = share_serve(shop.share, &shop.window);
        if (!status)
            status = data_check(&load.data);
        const enum status closed = close_workshop(&shop);
        status = status ? status : closed;
    }
    term_close(compiled);
    mapped_forget();
    load_close(&load);
    return status;
}

/* One task of several, none of which knows of the others. */
static void warn_of_launcher(void)
{
    int task, tasks;
    machine_task(&task, &tasks);
    if (tasks > 1 && task == 0)
        error_note("each of the %d tasks of this launch does all the work; to share it, say --mpi",
                   tasks);
}

enum status session_run(struct options *options, struct ranks *ranks)
{
    if (options->mpi && !ranks)
        return error_set(STATUS_USAGE, "--mpi: write this option out");
    if (!ranks)
        warn_of_launcher();
    options->task.load.mapped = mapped_watch;
    return ranks && ranks_number(ranks) > 0 ? follow(options, ranks) : lead(options, ranks);
}
