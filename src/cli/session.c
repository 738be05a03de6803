#include "cli/session.h"

#include "base/activity.h"
#include "base/clock.h"
#include "base/machine.h"
#include "cli/conclude.h"
#include "cli/files.h"
#include "cli/load.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/session_saved.h"
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
    struct load load; /* the arrays that the run reads */
    struct job_source *source;
    struct term_compiled *compiled;
    struct reductions reductions; /* that the term was opened with */
    struct term term;
    struct journal *journal;
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

static int choose_threads(const struct options *options)
{
    if (options->serial)
        return 1;
    int threads = options->threads ? options->threads : team_default_threads();
    const char *what;
    const int limit = team_threads_limit(&what);
    if (threads > limit) {
        error_note("%s allows %d thread%s, not %d", what, limit, limit == 1 ? "" : "s", threads);
        threads = limit;
    }
    struct team_start start;
    starting = atexit(on_exit_call) == 0 ? threads : 0;
    team_start(threads, &start);
    const int cpus = machine_limit(start.cpus);
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
    const int threads = choose_threads(options);
    enum status status = open_trace(shop, options, ranks, threads);
    const struct team_spec spec = {
        .threads = threads,
        .serial = options->serial,
        .term = term,
        .control = signals_control(),
        .trace = shop->trace,
        .most_keys = (size_t)options->max_keys,
        .at_once = terms == 0 || terms > FEW_TERMS,
    };
    const enum status opened = team_open(&shop->team, &spec);
    status = status ? status : opened;
    shop->engine = &shop->team.engine;
    if (!ranks)
        return status;
    if (!status && ranks_number(ranks) > 0)
        status = run_window(&shop->window, term, threads, options->cumulative);
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

/* The serial run of --compare, which tells of the jobs; *result is what the parallel run must meet.
 */
static enum status run_serially(const struct session *session, struct show *show,
                                struct result *result)
{
    const struct team_spec serial = {
        .threads = 1,
        .serial = true,
        .term = &session->term,
        .control = signals_control(),
        .most_keys = (size_t)session->options->max_keys,
    };
    const struct run_listener listener = show_listener(show);
    struct team team;
    enum status status = team_open(&team, &serial);
    if (status)
        return status;
    const struct run_spec spec = {
        .term = &session->term,
        .source = session->source,
        .engine = &team.engine,
        .control = signals_control(),
        .listener = &listener,
        .grain = session->options->grain,
        .stop_ns = session->options->stop_ns,
        .digest = true,
        .cumulative = session->options->cumulative,
        .most_keys = (size_t)session->options->max_keys,
    };
    status = run_jobs(&spec, result);
    team_close(&team);
    return status ? status : job_source_rewind(session->source);
}

static enum status run_with(const struct session *session, struct engine *engine, struct show *show,
                            struct result *result)
{
    const struct run_listener listener = show_listener(show);
    const struct run_spec spec = {
        .term = &session->term,
        .source = session->source,
        .engine = engine,
        .journal = session->journal,
        .control = signals_control(),
        .listener = &listener,
        .grain = session->options->grain,
        .stop_ns = session->options->stop_ns,
        .digest = session->options->compare,
        .cumulative = session->options->cumulative,
        .most_keys = (size_t)session->options->max_keys,
        .first = (uint64_t)session->options->first,
    };
    return run_jobs(&spec, result);
}

static enum status demand_equal(const struct layout *layout, struct result *serial,
                                struct result *parallel)
{
    if (serial->jobs == parallel->jobs && serial->digest == parallel->digest &&
        sums_equal(layout, serial->total, parallel->total) &&
        (!serial->table.results || table_equal(&serial->table, &parallel->table)))
        return STATUS_OK;
    return error_set(STATUS_UNVERIFIED,
                     "the serial and the parallel run give different sums; this machine or this "
                     "build computes wrong, or the term depends on more than i");
}

/* One or two runs, and what came of them. With two the first one tells of the jobs. */
static enum status run_all(const struct session *session, struct engine *engine,
                           struct report *report, struct result *serial, struct result *result)
{
    const bool compare = session->options->compare;
    struct show first = {.options = session->options, .report = report};
    struct show second = {.options = session->options, .report = compare ? NULL : report};
    enum status status = compare ? run_serially(session, &first, serial) : STATUS_OK;
    if (!status)
        status = run_with(session, engine, &second, result);
    if (!status && compare)
        status = demand_equal(&session->term.results->layout, serial, result);
    return status;
}

static enum status close_journal(struct session *session)
{
    const enum status status = journal_close(session->journal);
    session->journal = NULL;
    return status;
}

/* Journal and trace are closed before the last word is said, as that may fail. */
static enum status run_and_report(struct session *session, struct workshop *shop)
{
    struct engine *const engine = shop->engine;
    static struct report report; /* it is large */
    struct result serial = {0}, result = {0};
    struct engine_thread *threads = NULL;
    enum status status = report_begin(&report, session->options, &session->term,
                                      job_source_columns(session->source));
    if (!status)
        status = run_all(session, engine, &report, &serial, &result);
    enum status closed = close_journal(session);
    status = engine->end(engine, status ? status : closed, &threads);
    closed = close_trace(shop);
    status = status ? status : closed;
    status = conclude(&(struct conclusion){.options = session->options,
                                           .term = &session->term,
                                           .report = &report,
                                           .engine = engine,
                                           .threads = threads,
                                           .ranks = session->ranks ? engine->parts : 0,
                                           .has_data = session->load.data.count > 0,
                                           .data_seconds = session->load.seconds,
                                           .serial = &serial,
                                           .result = &result},
                      status);
    free(threads);
    result_clear(&serial);
    result_clear(&result);
    return status;
}

/* What the options say of results. The built-in term has but a sum: others are compiled. */
static void add_results(struct session *session, struct term_spec *spec)
{
    const struct options *const options = session->options;
    struct reductions *const reductions = &session->reductions;
    *reductions = options->reductions;
    if (options->list) {
        spec->values[spec->value_count++] = options->list;
        spec->listed = true;
        return;
    }
    if (reductions->count == 0)
        *reductions = (struct reductions){
            1, {options->by && spec->value_count == 0 ? REDUCE_COUNT : REDUCE_SUM}};
    const bool counts = reductions->count == 1 && reductions->list[0] == REDUCE_COUNT;
    if (options->by && spec->value_count == 0 && !counts)
        spec->values[spec->value_count++] = "term(i)";
    if (options->by) {
        spec->values[spec->value_count++] = options->by;
        spec->keyed = true;
    }
    if (options->by || reductions->count > 1 || reductions->list[0] != REDUCE_SUM)
        spec->reductions = reductions;
    if (spec->reductions && spec->value_count == 0 && !spec->file)
        spec->values[spec->value_count++] = "i";
}

/* The built-in term, or the user's, compiled for the integers of the jobs. */
static enum status open_term(struct session *session)
{
    const struct options *const options = session->options;
    struct term_spec spec = options->term;
    session->term = kernel_built_in();
    add_results(session, &spec);
    if (spec.value_count == 0 && !spec.file)
        return STATUS_OK;
    spec.columns = job_source_columns(session->source);
    spec.seed = (uint64_t)options->jobs.seed;
    spec.data = &session->load.data;
    struct term_range range = {.known = false};
    if (!options->save_only)
        range.known = job_source_range(session->source, &range.low, &range.high);
    const enum status status =
        term_open(&session->compiled, &spec, range, signals_control(), &session->term);
    return status ? status : session_check_saved(options, &session->term);
}

/* Everything that the run needs, in order; with ranks they all agree on what came of it. */
static enum status open_session(struct session *session)
{
    const struct options *const options = session->options;
    enum status status = files_check(options);
    if (!status)
        status = output_open(options->output);
    if (!status)
        status = load_open(&session->load, options, options->journal || session->ranks);
    if (!status)
        status = load_segments(&session->load, options);
    const struct job_spec jobs = load_jobs(&session->load, options);
    if (!status)
        status = job_source_open(&session->source, &jobs);
    if (!status && options->compare)
        status = job_source_keep(session->source);
    if (!status && !options->save_only)
        status = job_source_prepare(session->source, signals_control());
    if (!status)
        status = open_term(session);
    if (!status && !options->save_only && options->journal)
        status = journal_open(&session->journal, options->journal, &session->term, session->source);
    return session->ranks ? share_term(session->ranks, status, session->compiled) : status;
}

static enum status close_session(struct session *session)
{
    const enum status status = close_journal(session);
    term_close(session->compiled);
    job_source_close(session->source);
    load_close(&session->load);
    return status;
}

static enum status lead(const struct options *options, struct ranks *ranks)
{
    if (options->jobs_random && !options->save_only)
        error_note("%" PRId64 " random jobs below %" PRId64 ", seed %" PRId64, options->jobs.random,
                   options->jobs.below, options->jobs.seed);
    struct session session = {.options = options, .ranks = ranks};
    struct workshop shop = {0};
    enum status status = open_session(&session);
    if (!status && !options->save_only) {
        status =
            open_workshop(&shop, options, &session.term, job_source_total(session.source), ranks);
        if (!status)
            status = run_and_report(&session, &shop);
        const enum status closed = close_workshop(&shop);
        status = status ? status : closed;
    }
    const enum status closed = close_session(&session);
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
    enum status status = load_open(&load, options, true);
    status = share_take_term(ranks, status, &load.data, &compiled, &term);
    if (!status && !options->save_only) {
        status = open_workshop(&shop, options, &term, 0, ranks);
        if (!status)
            status = share_serve(shop.share, &shop.window);
        const enum status closed = close_workshop(&shop);
        status = status ? status : closed;
    }
    term_close(compiled);
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

enum status session_run(const struct options *options, struct ranks *ranks)
{
    if (options->mpi && !ranks)
        return error_set(STATUS_USAGE, "--mpi: write this option out");
    if (!ranks)
        warn_of_launcher();
    return ranks && ranks_number(ranks) > 0 ? follow(options, ranks) : lead(options, ranks);
}
