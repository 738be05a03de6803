#include "term/term.h"

#include "base/digest.h"
#include "exact/superacc.h"
#include "term/bind.h"
#include "term/build.h"
#include "term/direct.h"
#include "term/gather.h"
#include "term/library.h"
#include "term/source.h"
#include "term/term_check.h"

#include <fenv.h>
#include <stdlib.h>
#include <string.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

/* Where the whole has to have checks, there may be a part of it that was proved to need none. */
struct term_compiled {
    struct reductions reductions;          /* what is made of the values, if they are gathered */
    struct term_library whole;             /* for all integers of the run */
    struct term_library fast;              /* for some of them, or none */
    struct results results;                /* of the run's jobs */
    struct results by_key;                 /* of each key, if it is keyed */
    enum fold_type types[TERM_VALUES + 1]; /* of the values, for gather */
    uint64_t seed;                         /* of its random numbers */
    const struct data *data;               /* NULL: it reads none */
    int64_t within;                        /* each array has the indexes [0, within) */
    struct direct direct;                  /* of its arrays, if the term is that alone */
    struct term_columns {
        size_t numbers;           /* in the row of a job */
        size_t count;             /* that the term knows, */
        size_t from[COLUMNS_MAX]; /* and where it finds each of them in the row */
        bool moved;               /* that is elsewhere than the term thinks */
    } columns;
};

/*
 * The modes of floating-point arithmetic: rounding, subnormals flushed to zero, traps. A term that
 * changes them changes what the program computes, so it is told of.
 */
#if defined __x86_64__
#define MODES 0xffc0u /* of MXCSR; the rest are flags */
static unsigned modes_get(void)
{
    return _mm_getcsr() & MODES;
}

static void modes_set(unsigned modes)
{
    _mm_setcsr((_mm_getcsr() & ~MODES) | modes);
}
#else
static unsigned modes_get(void)
{
    return (unsigned)fegetround();
}

static void modes_set(unsigned modes)
{
    fesetround((int)modes);
}
#endif

/* The library that adds up a piece. */
static const struct term_module *module_for(const struct term_compiled *compiled, int64_t start,
                                            int64_t end)
{
    const struct term_module *const fast = compiled->fast.module;
    return fast && fast->low <= start && end <= fast->high &&
                   (!fast->within || (start >= 0 && end <= compiled->within))
               ? fast
               : compiled->whole.module;
}

static bool succeed(int trouble, unsigned modes, struct fault *fault)
{
    fault->kind = (enum term_trouble)trouble;
    if (modes_get() != modes) {
        modes_set(modes);
        fault->kind = TERM_MODES;
    }
    return fault->kind == TERM_FINE;
}

/* A job as the term wants it: with its numbers in the order in which the term has them. */
static struct term_job job_for(const struct term_compiled *compiled, const struct term_job *job,
                               union term_number numbers[COLUMNS_MAX])
{
    if (!compiled->columns.moved)
        return *job;
    for (size_t k = 0; k < compiled->columns.count; k++)
        numbers[k] = job->numbers[compiled->columns.from[k]];
    return (struct term_job){job->run, numbers};
}

static bool call(const struct term_compiled *compiled, const struct term_job *job, int64_t start,
                 int64_t end, void *const *sums, term_add_array *add, struct fault *fault)
{
    const unsigned modes = modes_get();
    const struct term_module *const module = module_for(compiled, start, end);
    union term_number numbers[COLUMNS_MAX];
    const struct term_job own = job_for(compiled, job, numbers);
    fault->at.i = start;
    return succeed(module->add(start, end, &own, sums, add, &fault->at), modes, fault);
}

static bool gather(const struct term_compiled *compiled, const struct term_job *job, int64_t start,
                   int64_t end, struct gather *to, struct fault *fault)
{
    const unsigned modes = modes_get();
    const struct term_module *const module = module_for(compiled, start, end);
    union term_number numbers[COLUMNS_MAX];
    const struct term_job own = job_for(compiled, job, numbers);
    to->types = compiled->types;
    to->run = job->run;
    fault->at.i = start;
    return succeed(module->gather(start, end, &own, to, gather_take, &fault->at), modes, fault);
}

static void add_to_superacc(void *to, const double *x, size_t n)
{
    superacc_add_array(to, x, n);
}

static bool add_values(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    const struct term_compiled *const compiled = context;
    void *parts[LAYOUT_MAX];
    for (size_t k = 0; k < compiled->results.layout.count; k++)
        parts[k] = sums_at(&compiled->results.layout, sums, k);
    struct direct_window window = {.found = false};
    int64_t stop = direct_line(&compiled->direct, start, end);
    while (direct_is(&compiled->direct) && end - start >= DIRECT_FEW) {
        if (start < stop && !call(compiled, job, start, stop, parts, add_to_superacc, fault))
            return false;
        start = direct_add(&compiled->direct, &window, stop, end, sums_real(sums));
        stop = end - start < DIRECT_STEP ? end : start + DIRECT_STEP;
    }
    return call(compiled, job, start, end, parts, add_to_superacc, fault);
}

static bool gather_values(const void *context, const struct term_job *job, int64_t start,
                          int64_t end, struct sums *sums, struct fault *fault)
{
    const struct term_compiled *const compiled = context;
    struct fold_window windows[TERM_VALUES] = {{0}};
    struct gather to = {.results = &compiled->results, .windows = windows, .sums = sums};
    return gather(compiled, job, start, end, &to, fault);
}

static bool gather_by_key(const void *context, const struct term_job *job, int64_t start,
                          int64_t end, struct table *table, struct fault *fault)
{
    const struct term_compiled *const compiled = context;
    struct gather to = {.results = &compiled->by_key, .table = table};
    return gather(compiled, job, start, end, &to, fault);
}

static bool find_hits(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct hits *hits, struct fault *fault)
{
    struct gather to = {.hits = hits};
    return gather(context, job, start, end, &to, fault);
}

static bool evaluate(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     double *x, struct fault *fault)
{
    const struct term_compiled *const compiled = context;
    const unsigned modes = modes_get();
    const struct term_module *const module = module_for(compiled, start, end);
    union term_number numbers[COLUMNS_MAX];
    const struct term_job own = job_for(compiled, job, numbers);
    fault->at.i = start;
    return succeed(module->evaluate(start, end, &own, x, &fault->at), modes, fault);
}

static const char *kernel_name(const struct term_compiled *compiled)
{
    const struct term_module *const whole = compiled->whole.module;
    if (whole->wraps)
        return "wrapping";
    if (whole->checks == TERM_PROVED)
        return "proved";
    return compiled->fast.module ? "proved, beyond its range checked" : "checked";
}

/* A saved term is what it is. */
static enum status open_saved(struct term_compiled *compiled, const struct term_spec *spec)
{
    if (spec->constant_count == 0 && spec->value_count == 0 && spec->let_count == 0 &&
        !spec->wrap && !spec->libm && !spec->skip_nan && !spec->save)
        return term_library_open_saved(&compiled->whole, &compiled->fast, spec->file);
    if (spec->save)
        error_set(STATUS_USAGE, "--save-term: %s is a saved term already; copy it", spec->file);
    else
        error_set(STATUS_USAGE,
                  "--term, --let, --by, --list, --define, --wrap, --libm and --skip-nan are for a "
                  "term that "
                  "is compiled: %s is already; give them when it is saved",
                  spec->file);
    return STATUS_USAGE;
}

static bool is_saved(const struct term_spec *spec)
{
    static const char suffix[] = ".so";
    const size_t length = spec->file ? strlen(spec->file) : 0;
    return length > strlen(suffix) && strcmp(spec->file + length - strlen(suffix), suffix) == 0;
}

static void describe(struct term_compiled *compiled, struct term *term)
{
    const struct term_module *const module = compiled->whole.module;
    const size_t values = (size_t)(module->count - module->keyed);
    enum exact_kind kinds[TERM_VALUES] = {EXACT_INTEGER};
    for (size_t k = 0; k < (size_t)module->count; k++)
        compiled->types[k] = gather_type((enum term_type)module->types[k]);
    for (size_t k = 0; k < values; k++)
        kinds[k] = fold_kind(compiled->types[k]);
    if (compiled->reductions.count == 0) /* of a saved term nothing may have been asked */
        compiled->reductions =
            (struct reductions){1, {values == 0 || module->listed ? REDUCE_COUNT : REDUCE_SUM}};
    const unsigned how = module->skips && module->gather ? RESULTS_SKIP : 0;
    if (module->keyed) {
        results_of(&compiled->by_key, kinds, values, &compiled->reductions, how | RESULTS_SMALL);
        results_of(&compiled->results, NULL, 0, &compiled->reductions, 0);
    } else if (module->listed) {
        results_of(&compiled->results, NULL, 0, &compiled->reductions, 0);
    } else if (module->gather) {
        results_of(&compiled->results, kinds, values, &compiled->reductions, how);
    } else {
        results_of_sums(&compiled->results, kinds, values);
    }
    *term = (struct term){
        .results = &compiled->results,
        .by_key = module->keyed ? &compiled->by_key : NULL,
        .keys_signed = compiled->types[values] == FOLD_SIGNED,
        .add_by_key = gather_by_key,
        .find = module->listed ? find_hits : NULL,
        .hit_kind = module->listed ? kinds[0] : EXACT_INTEGER,
        .names = module->listed ? NULL : module->names,
        .numbers = compiled->columns.numbers,
        .add = module->gather ? gather_values : add_values,
        .evaluate = module->evaluate ? evaluate : NULL,
        .elements = compiled->direct.y ? NULL : compiled->direct.x,
        .element_count = compiled->direct.n,
        .term_ns = direct_is(&compiled->direct) ? DIRECT_NS : 0,
        .alike = module->alike,
        .arrays = module->arrays,
        .data = compiled->data,
        .blocks = module->blocks,
        .draws = module->seed != NULL,
        .seed = compiled->seed,
        .context = compiled,
        .source = module->source,
        .kernel = kernel_name(compiled),
        .skips = module->skips && !module->gather,
        .checked = module->checks == TERM_CHECKED,
        .machine =
            term_library_is_machines(&compiled->whole) || term_library_is_machines(&compiled->fast),
    };
}

/* The compiler reads the file once more: it has to see what the digest was made of. */
static enum status check_unchanged(const struct term_spec *spec, uint64_t before)
{
    uint64_t after;
    const enum status status = term_source_digest(spec, &after);
    return status || after == before
               ? status
               : error_set(STATUS_FAILED,
                           "%s: was changed while it was read and compiled; run the same command "
                           "again",
                           spec->file);
}

/* Where the term finds its columns in the rows of the jobs: a saved one was compiled for others. */
static enum status find_columns(struct term_columns *found, const struct term_module *module,
                                const struct term_spec *spec)
{
    static const struct columns none;
    const struct columns *const columns = spec->columns ? spec->columns : &none;
    found->numbers = columns->numbers;
    for (const struct term_column *wanted = module->columns; wanted->name; wanted++) {
        const size_t k = columns_find(columns, (struct field){wanted->name, strlen(wanted->name)});
        const enum column_type type = wanted->is_real ? COLUMN_REAL : COLUMN_INTEGER;
        if (found->count == COLUMNS_MAX || k == columns->count || columns->column[k].type != type)
            return error_set(STATUS_USAGE,
                             "%s: was compiled for jobs with the column %s:%s; give jobs that have "
                             "it",
                             spec->file, wanted->name, wanted->is_real ? "real" : "int");
        found->moved |= columns->column[k].number != found->count;
        found->from[found->count++] = columns->column[k].number;
    }
    return STATUS_OK;
}

static void plant(struct term_compiled *compiled, uint64_t seed)
{
    compiled->seed = seed;
    bind_seed(compiled->whole.module, seed);
    bind_seed(compiled->fast.module, seed);
}

/* Tells both libraries where the arrays are. */
static enum status bind_both(struct term_compiled *compiled, const struct data *data,
                             const char *name)
{
    compiled->data = data;
    compiled->within = INT64_MAX;
    for (size_t k = 0; data && k < data->count; k++)
        if (data->array[k].shape.n[0] < compiled->within)
            compiled->within = data->array[k].shape.n[0];
    const enum status status = bind_arrays(compiled->whole.module, data, name);
    if (!status)
        compiled->direct = direct_of(compiled->whole.module);
    return status || !compiled->fast.module ? status
                                            : bind_arrays(compiled->fast.module, data, name);
}

/* Compiles the term or loads it, into compiled->whole and compiled->fast. */
static enum status make(struct term_compiled *compiled, const struct term_spec *spec,
                        struct term_range range, struct control *control, uint64_t digest)
{
    enum status status = is_saved(spec)
                             ? open_saved(compiled, spec)
                             : term_build(spec, range, control, &compiled->whole, &compiled->fast);
    if (status)
        return status;
    const struct term_module *const module = compiled->whole.module;
    status = term_check(module, spec);
    if (!status)
        status = find_columns(&compiled->columns, module, spec);
    if (!status)
        status = bind_both(compiled, spec->data, spec->file ? spec->file : "the term");
    if (status)
        return status;
    status = check_unchanged(spec, digest);
    if (!status && spec->save)
        status = term_library_save(spec->save, &compiled->whole, &compiled->fast);
    return status;
}

enum status term_open(struct term_compiled **opened, const struct term_spec *spec,
                      struct term_range range, struct control *control, struct term *term)
{
    uint64_t digest;
    enum status status = term_source_digest(spec, &digest);
    if (status)
        return status;
    struct term_compiled *const compiled = calloc(1, sizeof *compiled);
    if (!compiled)
        return error_set(STATUS_FAILED, "out of memory for the term");
    if (spec->reductions)
        compiled->reductions = *spec->reductions;
    status = make(compiled, spec, range, control, digest);
    if (status) {
        term_close(compiled);
        return status;
    }
    plant(compiled, spec->seed);
    describe(compiled, term);
    term->digest = term->draws ? digest_add(digest, &spec->seed, sizeof spec->seed) : digest;
    *opened = compiled;
    return STATUS_OK;
}

enum status term_put(const struct term_compiled *compiled, struct bytes *bytes)
{
    const uint32_t libraries = !compiled ? 0 : compiled->fast.loaded ? 2 : 1;
    bytes_put(bytes, &libraries, sizeof libraries);
    enum status status = STATUS_OK;
    if (libraries > 0) {
        bind_put(compiled->data, bytes);
        bytes_put(bytes, &compiled->reductions, sizeof compiled->reductions);
        bytes_put(bytes, &compiled->columns, sizeof compiled->columns);
        bytes_put(bytes, &compiled->seed, sizeof compiled->seed);
        status = term_library_put(&compiled->whole, bytes);
    }
    if (!status && libraries > 1)
        status = term_library_put(&compiled->fast, bytes);
    return status;
}

enum status term_get(struct term_compiled **opened, struct bytes *bytes, const struct data *data,
                     struct term *term)
{
    uint32_t libraries;
    *opened = NULL;
    bytes_get(bytes, &libraries, sizeof libraries);
    if (libraries == 0)
        return STATUS_OK;
    enum status status = bind_check(data, bytes);
    if (status)
        return status;
    struct term_compiled *const compiled = calloc(1, sizeof *compiled);
    if (!compiled)
        return error_set(STATUS_FAILED, "out of memory for the term");
    bytes_get(bytes, &compiled->reductions, sizeof compiled->reductions);
    bytes_get(bytes, &compiled->columns, sizeof compiled->columns);
    uint64_t seed = 0;
    bytes_get(bytes, &seed, sizeof seed);
    status = term_library_get(&compiled->whole, bytes, "the compiled term");
    if (!status && libraries > 1)
        status = term_library_get(&compiled->fast, bytes, "the compiled term");
    if (!status)
        status = bind_both(compiled, data, "the compiled term");
    if (status) {
        term_close(compiled);
        return status;
    }
    plant(compiled, seed);
    describe(compiled, term);
    *opened = compiled;
    return STATUS_OK;
}

void term_close(struct term_compiled *compiled)
{
    if (!compiled)
        return;
    term_library_close(&compiled->whole);
    term_library_close(&compiled->fast);
    free(compiled);
}
