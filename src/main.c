/*
 * parsum: adds up a term over many uneven ranges of integers, in parallel and exactly.
 *
 * This file is the wiring, and the only place that picks the exit status.
 */
#include "clock.h"
#include "diag.h"
#include "job.h"
#include "journal.h"
#include "kernel.h"
#include "machine.h"
#include "options.h"
#include "report.h"
#include "run.h"
#include "signals.h"
#include "team.h"
#include "term.h"
#include "trace.h"

#include <inttypes.h>

static int choose_threads(const struct options *options)
{
    if (options->serial)
        return 1;
    const int threads = options->threads ? options->threads : team_default_threads();
    const int cpus = machine_cpus();
    if (threads > cpus)
        diag_note("%d threads share %d CPU%s: no faster than %d; see --threads", threads, cpus,
                  cpus == 1 ? "" : "s", cpus);
    return threads;
}

/* One run with a team of its own; *team is left open for the summary's figures. */
static enum status run_with_team(const struct options *options, const struct term *term,
                                 struct job_source *source, struct team *team, int threads,
                                 struct report *report, struct journal *journal,
                                 struct result *result)
{
    struct trace *trace = NULL;
    if (options->trace) {
        const enum status status = trace_open(&trace, options->trace, threads, clock_ns());
        if (status)
            return status;
    }
    enum status status = STATUS_OK;
    if (!team_open(team, threads, options->serial, trace))
        status = diag_error(STATUS_FAILED, "out of memory for %d threads", threads);
    else
        status = run_jobs(options, term, source, team, report, journal, result);
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
        status = run_with_team(&serial, term, source, &team, 1, report, NULL, result);
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

/* Everything between the options and the exit status. */
static enum status run_and_report(const struct options *options, const struct term *term,
                                  struct job_source *source, struct journal *journal)
{
    const int threads = choose_threads(options);
    struct report report;
    struct result serial = {0}, result = {0};
    struct team team = {0};
    enum status status = report_begin(&report, options, term->kind);
    if (!status && options->compare)
        status = run_serial_first(options, term, source, &report, &serial);
    if (!status)
        status = run_with_team(options, term, source, &team, threads,
                               options->compare ? NULL : &report, journal, &result);
    if (!status && options->compare)
        status = demand_equal(&serial, &result);

    struct summary summary = {
        .terms = result.terms,
        .terms_before = result.terms_before,
        .longest = result.longest,
        .seconds = result.seconds,
        .team = &team,
        .term = term,
        .has_seed = options->jobs_random,
        .seed = options->jobs.seed,
        .compared = options->compare,
        .serial_seconds = serial.seconds,
    };
    if (!status && !exact_value(&result.total, &summary.total))
        status = diag_error(STATUS_FAILED,
                            "the total is too large for its type; make the terms smaller");
    /* Whatever happened: what was reported is seen. */
    const enum status reported = status ? report_flush(&report) : report_end(&report, &summary);
    team_close(&team);
    return status ? status : reported;
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

static enum status run(const struct options *options)
{
    if (options->jobs_random && !options->save_only)
        diag_note("%" PRId64 " random jobs below %" PRId64 ", seed %" PRId64, options->jobs.random,
                  options->jobs.below, options->jobs.seed);
    struct job_source *source;
    enum status status = job_source_open(&source, &options->jobs);
    if (status)
        return status;
    struct term_compiled *compiled;
    struct term term;
    status = open_term(options, source, &compiled, &term);
    struct journal *journal = NULL;
    if (!status && !options->save_only && options->journal)
        status = journal_open(&journal, options->journal, &term, source);
    if (!status && !options->save_only)
        status = run_and_report(options, &term, source, journal);
    const enum status closed = journal_close(journal);
    if (!status)
        status = closed;
    term_close(compiled);
    job_source_close(source);
    return status;
}

int main(int argc, char **argv)
{
    signals_install();
    struct options options;
    enum status status = options_parse(&options, argc, argv);
    if (!status) {
        switch (options.action) {
        case ACTION_RUN:
            status = run(&options);
            break;
        case ACTION_HELP:
            status = options_help();
            break;
        case ACTION_VERSION:
            status = report_version();
            break;
        }
    }
    if (status == STATUS_STOPPED && signals_stop())
        signals_die(signals_stop());
    return (int)status;
}
