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
    if (options->journal)
        return error_set(STATUS_STOPPED, "%s; run the same command again to go on from %s", why,
                         options->journal);
    return error_set(STATUS_STOPPED,
                     "%s; nothing is kept of this run: with --journal FILE the same command would "
                     "go on from here",
                     why);
}

/* Tells of each key, and adds up all of them. */
static enum status tell_keys(const struct term *term, struct report *report,
                             const struct table *table, struct sums *whole, union value *values)
{
    uint32_t *const order = table_order(table, term->keys_signed);
    enum status status =
        order ? STATUS_OK : error_set(STATUS_FAILED, "memory is short for so many keys (--by)");
    for (size_t k = 0; order && k < table->count && !status; k++) {
        const struct sums *const entry = table_entry(table, order[k]);
        const int64_t key = table->keys[order[k]];
        sums_merge(&term->by_key->layout, whole, entry);
        status = results_finish(term->by_key, entry, values)
                     ? report_key(report, key, term->keys_signed, values)
                     : error_set(STATUS_FAILED,
                                 "key %" PRId64
                                 ": a result is too large for its type; make the terms smaller",
                                 key);
    }
    free(order);
    return status;
}

/* The results of the whole: into totals and runs. */
static enum status finish_whole(const struct conclusion *it, union value *totals, int64_t *runs)
{
    const struct term *const term = it->term;
    const struct results *const results = term->by_key ? term->by_key : term->results;
    struct sums *const whole = sums_new(&results->layout, 1);
    enum status status = STATUS_OK;
    if (!whole)
        return error_set(STATUS_FAILED, "out of memory for the total");
    if (term->by_key)
        status = tell_keys(term, it->report, &it->result->table, whole, totals);
    else
        sums_copy(&results->layout, whole, it->result->total);
    if (!status && !results_finish(results, whole, totals))
        status =
            error_set(STATUS_FAILED, "the total is too large for its type; make the terms smaller");
    if (!status && term->find) /* more may be known than were asked for (--first) */
        totals[0].integer = it->result->hits;
    for (size_t r = 0; r < results->count && !status; r++)
        runs[r] = results_run(results, whole, r);
    free(whole);
    return status;
}

enum status conclude(const struct conclusion *it, enum status status)
{
    static union value totals[RESULTS_MAX + 1]; /* large */
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
        .has_seed = it->options->jobs_random || it->term->draws,
        .seed = it->options->jobs.seed,
        .compared = it->options->compare,
        .serial_seconds = it->serial->seconds,
        .has_data = it->has_data,
        .data_seconds = it->data_seconds,
    };
    signals_limit(0, STATUS_OK, false); /* whoever reads the sums has all the time for it */
    if (status == STATUS_STOPPED)
        status = tell_stop(it->options);
    if (!status)
        status = finish_whole(it, totals, runs);
    if (!status && it->term->skips) {
        summary.skips = true;
        summary.skipped = (uint64_t)totals[it->term->results->count - 1].integer;
        if (summary.skipped > 0)
            error_note("%" PRIu64 " value%s left out", summary.skipped,
                       summary.skipped == 1 ? " that is NaN was" : "s that are NaN were");
    }
    const enum status reported =
        status ? report_failure(it->report, status) : report_end(it->report, &summary);
    return status ? status : reported;
}
