#include "cli/conclude.h"

#include "cli/signals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One line that says how to go on. A reader who has had enough wants none. */
static enum status tell_stop(const struct options *options)
{
    if (!signals_has_reader() || error_last().status)
        return STATUS_STOPPED;
    char why[64] = "--max-time is over";
    if (signals_stop())
        snprintf(why, sizeof why, "stopped by %s", signals_name(signals_stop()));
    if (options->task.journal)
        return error_set(STATUS_STOPPED, "%s; run the same command again to go on from %s", why,
                         options->task.journal);
    return error_set(STATUS_STOPPED,
                     "%s; nothing is kept of this run: with --journal FILE the same command would "
                     "go on from here",
                     why);
}

/* A task_key. */
static enum status tell_key(void *context, int64_t key, const union value *values)
{
    const struct conclusion *const it = context;
    return report_key(it->report, key, it->term->keys_signed, values);
}

enum status conclude(const struct conclusion *it, enum status status)
{
    static union value totals[RESULTS_SLOTS]; /* large */
    static int64_t runs[RESULTS_MAX];
    const struct result *const result = it->result;
    struct summary summary = {
        .totals = totals,
        .runs = runs,
        .terms = result->terms,
        .terms_before = result->terms_before,
        .longest = result->longest,
        .seconds = result->seconds,
        .engine = it->engine,
        .threads = it->threads,
        .ranks = it->ranks,
        .term = it->term,
        .has_seed = it->options->task.jobs_random || it->term->draws,
        .seed = it->options->task.jobs.seed,
        .compared = it->options->task.compare,
        .serial_seconds = it->serial->seconds,
        .has_data = it->has_data,
        .data_seconds = it->data_seconds,
    };
    signals_limit(0, STATUS_OK, false); /* whoever reads the sums has all the time for it */
    if (status == STATUS_STOPPED)
        status = tell_stop(it->options);
    if (!status)
        status = task_finish(it->term, result, tell_key, (void *)it, totals, runs);
    if (!status && task_skips(it->term)) {
        summary.skips = true;
        summary.skipped = task_skipped(it->term, totals);
        if (summary.skipped > 0)
            error_note("%" PRIu64 " value%s left out", summary.skipped,
                       summary.skipped == 1 ? " that is NaN was" : "s that are NaN were");
    }
    const enum status reported =
        status ? report_failure(it->report, status) : report_end(it->report, &summary);
    return status ? status : reported;
}
