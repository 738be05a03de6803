#include "cli/options_pairs.h"

#include "term/values.h"

#include <stdio.h>
#include <string.h>

/* More that a command line may have, beside the options themselves. */
enum {
    WITH_JOB = KEYS, /* JOB arguments */
    WITH_TEAM,       /* --threads of more than one */
    WITH_ROWS,       /* --format csv or npy */
    WITH_SAVE_ONLY,  /* --save-term without jobs */
    WITHS,
};

static const char *const with_names[] = {"JOB", "--threads", "--format csv or npy",
                                         "--save-term without jobs"};

#define OWN_JOBS "random jobs are made in place of given ones"
#define ROWS_ALONE "they are a row for each job and nothing else"
#define NO_SUMS "a list has no sums"
#define NO_RUN "without jobs nothing is run"

/* The manual page has the same table (OPTIONS THAT DO NOT GO TOGETHER), and a test compares. */
static const struct {
    int a, b;
    const char *why;
} pairs[] = {
    {'i', WITH_JOB, "jobs come from one place"},
    {KEY_RANDOM, WITH_JOB, OWN_JOBS},
    {KEY_BELOW, WITH_JOB, OWN_JOBS},
    {KEY_RANDOM, 'i', OWN_JOBS},
    {KEY_BELOW, 'i', OWN_JOBS},
    {KEY_SEGMENTS, WITH_JOB, "jobs come from one place"},
    {KEY_SEGMENTS, KEY_RANDOM, OWN_JOBS},
    {KEY_SEGMENTS, KEY_BELOW, OWN_JOBS},
    {KEY_SEGMENTS, KEY_START, "segments have starts and ends"},
    {KEY_SEGMENTS, KEY_END, "segments have starts and ends"},
    {KEY_COMPARE, 's', "a comparison runs both ways, serial and parallel"},
    {KEY_COMPARE, KEY_JOURNAL, "a comparison measures whole runs, and a journal is for parts"},
    {KEY_BY, KEY_CUMULATIVE, "a table is of all jobs, and told at the end"},
    {KEY_LIST, 'e', NO_SUMS},
    {KEY_LIST, KEY_REDUCE, NO_SUMS},
    {KEY_LIST, KEY_BY, NO_SUMS},
    {KEY_LIST, KEY_CUMULATIVE, NO_SUMS},
    {KEY_LIST, KEY_COMPARE, NO_SUMS},
    {KEY_LIST, KEY_SKIP_NAN, NO_SUMS},
    {'s', WITH_TEAM, "a serial run has one thread"},
    {'q', WITH_ROWS, ROWS_ALONE},
    {KEY_STATS, WITH_ROWS, ROWS_ALONE},
    {WITH_SAVE_ONLY, KEY_COMPARE, NO_RUN},
    {WITH_SAVE_ONLY, KEY_JOURNAL, NO_RUN},
    {WITH_SAVE_ONLY, KEY_TRACE, NO_RUN},
    {WITH_SAVE_ONLY, KEY_STATS, NO_RUN},
    {WITH_SAVE_ONLY, KEY_OUTPUT, NO_RUN},
};

static const char *name_of(int what, char text[32])
{
    if (what >= KEYS)
        return with_names[what - KEYS];
    snprintf(text, 32, "--%s", options_find(what)->name);
    return text;
}

static enum status check_pairs(const bool has[WITHS])
{
    char a[32], b[32];
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (has[pairs[k].a] && has[pairs[k].b])
            return error_set(STATUS_USAGE, "%s and %s do not go together: %s; give one of the two",
                             name_of(pairs[k].a, a), name_of(pairs[k].b, b), pairs[k].why);
    return STATUS_OK;
}

static enum status check_term(const struct options *options, bool random)
{
    const struct term_spec *const term = &options->task.term;
    const bool own = term->value_count > 0 || term->file || options->task.by || options->task.list;
    for (size_t k = 0; k < term->value_count + term->let_count; k++) {
        const bool value = k < term->value_count;
        const char *const text =
            named_of(value ? term->values[k] : term->lets[k - term->value_count]).text;
        if (!text[strspn(text, " \t\n")])
            return error_set(STATUS_USAGE, "%s: the expression is empty; give one such as 'i*i'",
                             value ? "--term" : "--let");
    }
    if (term->let_count > 0 && term->value_count == 0 && !options->task.by && !options->task.list)
        return error_set(STATUS_USAGE,
                         "--let goes with --term, --by or --list: nothing else sees it");
    const char *const suffix = term->save ? strrchr(term->save, '.') : NULL;
    if (term->save && (!suffix || strcmp(suffix, ".so") != 0))
        return error_set(STATUS_USAGE,
                         "--save-term: %s does not end with .so, by which "
                         "--term-file knows a saved term",
                         term->save);
    if (!own && (term->constant_count > 0 || term->wrap || term->libm || term->save ||
                 term->no_cache || term->skip_nan))
        return error_set(STATUS_USAGE,
                         "--define, --wrap, --libm, --skip-nan, --save-term and --no-cache go with "
                         "a term: "
                         "give it with --term or --term-file");
    if (!own && options->task.load.file_count > 0)
        return error_set(STATUS_USAGE, "--data goes with a term, which reads it: give --term or "
                                       "--term-file");
    if (own && options->task.jobs_random && !random && !options->task.save_only)
        return error_set(STATUS_USAGE,
                         "no jobs are given: a term of your own wants jobs of your own; give JOBs "
                         "such as 1000 or 1:1e6, --input or --random");
    return STATUS_OK;
}

static enum status check_results(const struct options *options, bool max_keys)
{
    const struct reductions *const reductions = &options->task.reductions;
    const bool counts =
        reductions->count == 0 || (reductions->count == 1 && reductions->list[0] == REDUCE_COUNT);
    if (options->task.by && !options->task.by[strspn(options->task.by, " \t\n")])
        return error_set(STATUS_USAGE, "--by: the expression is empty; give one such as 'i%%10'");
    if (options->task.by && options->task.term.value_count == 0 && !options->task.term.file &&
        !counts)
        return error_set(STATUS_USAGE,
                         "--by counts where there is no --term; give the --term that --reduce is "
                         "about");
    if (options->task.list && !options->task.list[strspn(options->task.list, " \t\n")])
        return error_set(STATUS_USAGE, "--list: the expression is empty; give one such as "
                                       "'i%%7 == 0'");
    if (options->task.first > 0 && !options->task.list && !options->task.term.file)
        return error_set(STATUS_USAGE, "--first goes with --list");
    return max_keys && !options->task.by && !options->task.term.file
               ? error_set(STATUS_USAGE, "--max-keys goes with --by")
               : STATUS_OK;
}

enum status options_check(const struct options *options, const struct options_given *given)
{
    bool has[WITHS] = {
        [WITH_JOB] = options->task.jobs.argument_count > 0,
        [WITH_TEAM] = options->task.threads > 1,
        [WITH_ROWS] = options->format == FORMAT_CSV || options->format == FORMAT_NPY,
        [WITH_SAVE_ONLY] = options->task.save_only,
    };
    memcpy(has, given->key, sizeof given->key);
    enum status status = check_pairs(has);
    if (!status)
        status = check_results(options, has[KEY_MAX_KEYS]);
    return status ? status
                  : check_term(options, has[KEY_RANDOM] || has[KEY_BELOW] || has[KEY_SEED]);
}
