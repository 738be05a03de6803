/*
 * parsum: adds up a term over many uneven ranges of integers, in parallel and exactly.
 *
 * This file is the wiring, and the only place that picks the exit status.
 */
#include "base/clock.h"
#include "base/diag.h"
#include "cli/files.h"
#include "jobs/job.h"
#include "run/journal.h"
#include "term/kernel.h"
#include "base/machine.h"
#include "cli/options.h"
#include "cluster/ranks.h"
#include "cli/report.h"
#include "run/run.h"
#include "cluster/share.h"
#include "cli/signals.h"
#include "run/team.h"
#include "term/term.h"
#include "run/trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <unistd.h>

static int choose_threads(const struct options *options)
{
    if (options->serial)
        return 1;
    int threads = options->threads ? options->threads : team_default_threads();
    const char *what;
    const int limit = team_threads_limit(&what);
    if (threads > limit) {
        diag_note("%s allows %d thread%s, not %d", what, limit, limit == 1 ? "" : "s", threads);
        threads = limit;
    }
    struct team_start start;
    team_start(threads, &start);
    const int cpus = machine_limit(start.cpus);
    if (threads > start.threads)
        diag_note("OpenMP gives a team of %d thread%s, not %d%s", start.threads,
                  start.threads == 1 ? "" : "s", threads, start.why);
    if (start.threads > cpus)
        diag_note("%d threads share %d CPU%s%s: no faster than %d; see --threads", start.threads,
                  cpus, cpus == 1 ? "" : "s", start.why, cpus);
    return start.threads;
}

/* One run with a team of its own; *team is left open for the summary's figures. */
static enum status run_with_team(const struct options *options, const struct term *term,
                                 struct job_source *source, struct team *team, int threads,
                                 struct share *share, struct report *report,
                                 struct journal *journal, struct result *result)
{
    struct trace *trace = NULL;
    if (options->trace) {
        const enum status status = trace_open(&trace, options->trace, threads, clock_ns());
        if (status)
            return status;
        if (share)
            share_name_processes(share, trace);
    }
    enum status status = team_open(team, threads, options->serial, trace);
    if (!status)
        status = run_jobs(options, term, source, team, share, report, journal, result);
    const enum status closed = trace_close(trace);
    return status ? status : closed;
}

/* The serial run of --compare: it reports the jobs, and *result is what the parallel run must meet.
 */
static enum status run_serial_first(const struct options *options, const struct term *term,
                                    struct job_source *source, struct report *report,
                                    struct result *result)
{
    struct options serial = *options;
    serial.serial = true;
    serial.trace = NULL;
    struct team team = {0};
    enum status status = job_source_keep(source);
    if (!status)
        status = run_with_team(&serial, term, source, &team, 1, NULL, report, NULL, result);
    team_close(&team);
    return status ? status : job_source_rewind(source);
}

static enum status demand_equal(const struct result *serial, const struct result *parallel)
{
    if (serial->jobs == parallel->jobs && serial->digest == parallel->digest &&
        exact_equal(&serial->total, &parallel->total))
        return STATUS_OK;
    return diag_error(STATUS_UNVERIFIED,
                      "the serial and the parallel run give different sums; this machine or this "
                      "build computes wrong, or the term depends on more than i");
}

/* Ends the other ranks; *team becomes that of all ranks' threads. */
static enum status end_share(struct share *share, enum status status, struct team *team)
{
    struct team all = {0};
    status = share_end(share, status, team, &all);
    team_close(team);
    *team = all;
    return status;
}

static enum status close_journal(struct journal **journal)
{
    const enum status status = journal_close(*journal);
    *journal = NULL;
    return status;
}

/*
 * What rank 0 does, or the only process there is; `share` is NULL then. The journal is closed
 * before the last word is said, as that may fail.
 */
static enum status run_and_report(const struct options *options, const struct term *term,
                                  struct job_source *source, int threads, struct share *share,
                                  struct journal **journal)
{
    struct report report;
    struct result serial = {0}, result = {0};
    struct team team = {0};
    enum status status = report_begin(&report, options, term->kind);
    if (!status && options->compare)
        status = run_serial_first(options, term, source, &report, &serial);
    if (!status)
        status = run_with_team(options, term, source, &team, threads, share,
                               options->compare ? NULL : &report, *journal, &result);
    const enum status closed = close_journal(journal);
    status = status ? status : closed;
    if (!status && options->compare)
        status = demand_equal(&serial, &result);
    if (share)
        status = end_share(share, status, &team);

    struct summary summary = {
        .terms = result.terms,
        .terms_before = result.terms_before,
        .longest = result.longest,
        .seconds = result.seconds,
        .team = &team,
        .ranks = share ? share_ranks(share) : 0,
        .term = term,
        .has_seed = options->jobs_random,
        .seed = options->jobs.seed,
        .compared = options->compare,
        .serial_seconds = serial.seconds,
    };
    signals_limit(0, STATUS_OK,
                  false); /* the sums are known: whoever reads them has all the time */
    if (!status && !exact_value(&result.total, &summary.total))
        status = diag_error(STATUS_FAILED,
                            "the total is too large for its type; make the terms smaller");
    /* Whatever happened: what was reported is seen. */
    const enum status reported =
        status ? report_failure(&report, status) : report_end(&report, &summary);
    team_close(&team);
    return status ? status : reported;
}

static enum status run_shared(const struct options *options, const struct term *term,
                              struct job_source *source, struct ranks *ranks,
                              struct journal **journal)
{
    const int threads = choose_threads(options);
    if (!ranks)
        return run_and_report(options, term, source, threads, NULL, journal);
    struct share *share;
    enum status status = share_open(&share, ranks, threads, STATUS_OK);
    if (status)
        return status;
    status = run_and_report(options, term, source, threads, share, journal);
    share_close(share);
    return status;
}

/* What the other ranks do. */
static enum status serve(const struct options *options, const struct term *term,
                         struct ranks *ranks)
{
    struct team team = {0};
    struct window window = {0};
    struct share *share;
    const int threads = choose_threads(options);
    struct trace *trace = NULL;
    enum status status = options->trace ? trace_open(&trace, NULL, threads, 0) : STATUS_OK;
    if (!status)
        status = team_open(&team, threads, options->serial, trace);
    if (!status)
        status = run_window(&window, term, &team);
    status = share_open(&share, ranks, threads, status);
    if (!status) {
        status = share_serve(share, &window, term, &team);
        share_close(share);
    }
    window_clear(&window);
    team_close(&team);
    const enum status closed = trace_close(trace);
    return status ? status : closed;
}

/* The built-in term, or the user's, compiled for the integers of the jobs. */
static enum status open_term(const struct options *options, const struct job_source *source,
                             struct term_compiled **compiled, struct term *term)
{
    *compiled = NULL;
    *term = kernel_built_in();
    if (!options->term.expression && !options->term.file)
        return STATUS_OK;
    struct term_range range = {.known = false};
    if (!options->save_only)
        range.known = job_source_range(source, &range.low, &range.high);
    return term_open(compiled, &options->term, range, term);
}

/* Everything between the options and the exit status, on rank 0 or in the only process. */
static enum status lead(const struct options *options, struct ranks *ranks)
{
    if (options->jobs_random && !options->save_only)
        diag_note("%" PRId64 " random jobs below %" PRId64 ", seed %" PRId64, options->jobs.random,
                  options->jobs.below, options->jobs.seed);
    struct job_source *source = NULL;
    struct term_compiled *compiled = NULL;
    struct term term;
    struct journal *journal = NULL;
    enum status status = files_check(options);
    if (!status)
        status = job_source_open(&source, &options->jobs);
    if (!status)
        status = open_term(options, source, &compiled, &term);
    if (!status && !options->save_only && options->journal)
        status = journal_open(&journal, options->journal, &term, source);
    if (ranks)
        status = share_term(ranks, status, compiled);
    if (!status && !options->save_only)
        status = run_shared(options, &term, source, ranks, &journal);
    const enum status closed = close_journal(&journal);
    if (!status)
        status = closed;
    term_close(compiled);
    job_source_close(source);
    return status;
}

/* The same on another rank. */
static enum status follow(const struct options *options, struct ranks *ranks)
{
    struct term_compiled *compiled;
    struct term term = kernel_built_in();
    enum status status = share_take_term(ranks, &compiled, &term);
    if (!status && !options->save_only)
        status = serve(options, &term, ranks);
    term_close(compiled);
    return status;
}

/* One task of several, none of which knows of the others. */
static void warn_of_launcher(void)
{
    int task, tasks;
    machine_task(&task, &tasks);
    if (tasks > 1 && task == 0)
        diag_note("each of the %d tasks of this launch does all the work; to share it, say --mpi",
                  tasks);
}

static enum status run(const struct options *options, struct ranks *ranks)
{
    if (options->mpi && !ranks)
        return diag_error(STATUS_USAGE, "--mpi: write this option out");
    if (!ranks)
        warn_of_launcher();
    return ranks && ranks_number(ranks) > 0 ? follow(options, ranks) : lead(options, ranks);
}

/* What all ranks do alike, but for the first, which speaks for them. */
static enum status act(int argc, char **argv, struct ranks *ranks)
{
    struct options options;
    const enum status status = options_parse(&options, argc, argv);
    if (status)
        return status;
    const bool speaks = !ranks || ranks_number(ranks) == 0;
    switch (options.action) {
    case ACTION_RUN:
        signals_limit(options.stop_ns, STATUS_STOPPED, options.journal);
        return run(&options, ranks);
    case ACTION_HELP:
        return speaks ? report_help() : STATUS_OK;
    case ACTION_VERSION:
        return speaks ? report_version() : STATUS_OK;
    }
    return STATUS_OK;
}

/*
 * Takes the places of standard files that are closed, or the next file that is opened would be one:
 * a trace with sums in it, a journal with messages. Using them is still an error, as they are open
 * the other way round.
 */
static void occupy_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    occupy_standard_files();
    uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0)); /* whatever a term makes of the locale */
    signals_install();
    struct ranks *ranks = NULL;
    enum status status = STATUS_OK;
    if (options_want_mpi(argc, argv)) {
        if (ranks_are_elsewhere())
            team_unbind();
        status = ranks_open(&ranks, argv);
    }
    if (!status)
        status = act(argc, argv, ranks);
    ranks_close(ranks);
    if (status == STATUS_STOPPED && signals_stop())
        signals_die(signals_stop());
    return (int)status;
}
