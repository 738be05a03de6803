#include "task/task.h"

#include "exact/table_order.h"
#include "run/team.h"
#include "term/kernel.h"

#include <inttypes.h>
#include <stdlib.h>

int task_threads(const struct task_spec *spec)
{
    return spec->serial ? 1 : spec->threads ? spec->threads : team_default_threads();
}

/* What the spec says of results. The built-in term has but a sum: others are compiled. */
static void add_results(struct task *task, struct term_spec *term)
{
    const struct task_spec *const spec = task->spec;
    struct reductions *const reductions = &task->reductions;
    *reductions = spec->reductions;
    if (spec->list) {
        term->values[term->value_count++] = spec->list;
        term->listed = true;
        return;
    }
    if (reductions->count == 0)
        *reductions = (struct reductions){
            1, {spec->by && term->value_count == 0 ? REDUCE_COUNT : REDUCE_SUM}};
    const bool counts = reductions->count == 1 && reductions->list[0] == REDUCE_COUNT;
    if (spec->by && term->value_count == 0 && !counts)
        term->values[term->value_count++] = "term(i)";
    if (spec->by) {
        term->values[term->value_count++] = spec->by;
        term->keyed = true;
    }
    if (spec->by || reductions->count > 1 || reductions->list[0] != REDUCE_SUM)
        term->reductions = reductions;
    if (term->reductions && term->value_count == 0 && !term->file)
        term->values[term->value_count++] = "i";
}

/* A saved term may be what the spec did not tell of. */
static enum status check_saved(const struct task_spec *spec, const struct term *term)
{
    const char *const file = spec->term.file;
    if (term->by_key && spec->cumulative)
        return error_set(STATUS_USAGE,
                         "%s: was saved with --by, which does not go with --cumulative; leave that "
                         "out",
                         file);
    if (term->find && (spec->cumulative || spec->compare))
        return error_set(STATUS_USAGE,
                         "%s: was saved with --list, which does not go with %s; leave that out",
                         file, spec->compare ? "--compare" : "--cumulative");
    if (spec->first > 0 && !term->find)
        return error_set(STATUS_USAGE, "--first goes with --list");
    return STATUS_OK;
}

static enum status open_function(struct task *task)
{
    task->function = malloc(sizeof *task->function); /* large */
    if (!task->function)
        return error_set(STATUS_FAILED, "out of memory for the term");
    function_open(task->function, task->spec->function, &task->reductions, &task->term);
    return STATUS_OK;
}

/* The function, the built-in term, or the user's, compiled for the integers of the jobs. */
static enum status open_term(struct task *task)
{
    const struct task_spec *const spec = task->spec;
    struct term_spec term = spec->term;
    task->term = kernel_built_in();
    add_results(task, &term);
    if (spec->function)
        return open_function(task);
    if (term.value_count == 0 && !term.file)
        return STATUS_OK;
    term.columns = job_source_columns(task->source);
    term.data = &task->load.data;
    term.seed = (uint64_t)spec->jobs.seed;
    struct term_range range = {.known = false};
    if (!spec->save_only)
        range.known = job_source_range(task->source, &range.low, &range.high);
    const enum status status = term_open(&task->compiled, &term, range, task->control, &task->term);
    return status ? status : check_saved(spec, &task->term);
}

enum status task_open(struct task *task, const struct task_spec *spec, struct control *control,
                      bool digest)
{
    *task = (struct task){.spec = spec, .control = control};
    const bool none = !spec->jobs_random && !spec->jobs.input && spec->jobs.argument_count == 0;
    enum status status =
        load_open(&task->load, &spec->load, task_threads(spec), digest || spec->journal, control);
    if (!status)
        status = load_segments(&task->load, &spec->load);
    const struct job_spec jobs = load_jobs(&task->load, &spec->jobs, none);
    if (!status)
        status = job_source_open(&task->source, &jobs);
    if (!status && spec->compare)
        status = job_source_keep(task->source);
    if (!status && !spec->save_only)
        status = job_source_prepare(task->source, control);
    task->in_term = !status;
    if (!status)
        status = open_term(task);
    task->in_term &= status != STATUS_OK;
    if (!status && !spec->save_only && spec->journal)
        status = journal_open(&task->journal, spec->journal, &task->term, task->source);
    return status;
}

const struct results *task_results(const struct term *term, size_t *count)
{
    const struct results *const results = term->by_key ? term->by_key : term->results;
    *count = results->count - term->skips;
    return results;
}

bool task_skips(const struct term *term)
{
    size_t count;
    return term->skips || task_results(term, &count)->skips;
}

uint64_t task_skipped(const struct term *term, const union value *totals)
{
    size_t count;
    const struct results *const results = task_results(term, &count);
    return term->skips ? (uint64_t)totals[count].integer : results_skipped(results, totals);
}

static struct run_spec run_of(struct task *task, struct engine *engine,
                              const struct run_listener *listener)
{
    const struct task_spec *const spec = task->spec;
    return (struct run_spec){
        .term = &task->term,
        .source = task->source,
        .engine = engine,
        .journal = task->journal,
        .control = task->control,
        .listener = listener,
        .grain = spec->grain,
        .stop_ns = spec->stop_ns,
        .digest = spec->compare,
        .cumulative = spec->cumulative,
        .most_keys = (size_t)spec->max_keys,
        .first = (uint64_t)spec->first,
    };
}

static enum status run_serially(struct task *task, const struct run_listener *listener,
                                struct result *result)
{
    const struct team_spec serial = {
        .threads = 1,
        .serial = true,
        .term = &task->term,
        .control = task->control,
        .most_keys = (size_t)task->spec->max_keys,
    };
    struct team team;
    enum status status = team_open(&team, &serial);
    if (status)
        return status;
    const struct run_spec run = run_of(task, &team.engine, listener);
    status = run_jobs(&run, result);
    team_close(&team);
    return status ? status : job_source_rewind(task->source);
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

enum status task_run(struct task *task, struct engine *engine, const struct run_listener *listener,
                     const struct run_listener *second, struct result *serial,
                     struct result *result)
{
    const bool compare = task->spec->compare;
    enum status status = compare ? run_serially(task, listener, serial) : STATUS_OK;
    const struct run_spec run = run_of(task, engine, compare ? second : listener);
    if (!status)
        status = run_jobs(&run, result);
    if (!status && compare)
        status = demand_equal(&task->term.results->layout, serial, result);
    return status ? status : data_check(&task->load.data);
}

/* Tells of each key, and adds up all of them. */
static enum status finish_keys(const struct term *term, const struct table *table, task_key *key,
                               void *context, struct sums *whole, union value *values)
{
    uint32_t *const order = table_order(table, term->keys_signed);
    enum status status =
        order ? STATUS_OK : error_set(STATUS_FAILED, "memory is short for so many keys (--by)");
    for (size_t k = 0; order && k < table->count && !status; k++) {
        const struct sums *const entry = table_entry(table, order[k]);
        const int64_t number = table->keys[order[k]];
        sums_merge(&term->by_key->layout, whole, entry);
        status = results_finish(term->by_key, entry, values)
                     ? key(context, number, values)
                     : error_set(STATUS_FAILED,
                                 "key %" PRId64
                                 ": a result is too large for its type; make the terms smaller",
                                 number);
    }
    free(order);
    return status;
}

enum status task_finish(const struct term *term, const struct result *result, task_key *key,
                        void *context, union value *totals, int64_t *runs)
{
    size_t count;
    const struct results *const results = task_results(term, &count);
    struct sums *const whole = sums_new(&results->layout, 1);
    enum status status = STATUS_OK;
    if (!whole)
        return error_set(STATUS_FAILED, "out of memory for the total");
    if (term->by_key)
        status = finish_keys(term, &result->table, key, context, whole, totals);
    else
        sums_copy(&results->layout, whole, result->total);
    if (!status && !results_finish(results, whole, totals))
        status =
            error_set(STATUS_FAILED, "the total is too large for its type; make the terms smaller");
    if (!status && term->find) /* more may be known than were asked for (--first) */
        totals[0].integer = result->hits;
    for (size_t r = 0; r < results->count && !status; r++)
        runs[r] = results_run(results, whole, r);
    free(whole);
    return status;
}

enum status task_close_journal(struct task *task)
{
    const enum status status = journal_close(task->journal);
    task->journal = NULL;
    return status;
}

enum status task_close(struct task *task)
{
    const enum status status = task_close_journal(task);
    term_close(task->compiled);
    free(task->function);
    job_source_close(task->source);
    load_close(&task->load);
    return status;
}
