#include "term/term.h"

#include "exact/short.h"
#include "exact/superacc.h"
#include "term/build.h"
#include "term/library.h"
#include "term/source.h"

#include <fenv.h>
#include <stdlib.h>
#include <string.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

/* Where the whole has to have checks, there may be a part of it that was proved to need none. */
struct term_compiled {
    struct term_library whole; /* for all integers of the run */
    struct term_library fast;  /* for some of them, or none */
    struct layout layout;
    const struct data *data; /* NULL: it reads none */
    int64_t within;          /* each array has the indexes [0, within) */
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

/* The numbers of a job, in the order in which the term has them. */
static bool call(const struct term_compiled *compiled, const struct term_job *job, int64_t start,
                 int64_t end, void *const *sums, term_add_array *add, struct fault *fault)
{
    const unsigned modes = modes_get();
    const struct term_module *const module = module_for(compiled, start, end);
    union term_number numbers[COLUMNS_MAX];
    struct term_job own = {.run = job->run, .numbers = job->numbers};
    if (compiled->columns.moved) {
        for (size_t k = 0; k < compiled->columns.count; k++)
            numbers[k] = job->numbers[compiled->columns.from[k]];
        own.numbers = numbers;
    }
    fault->at.i = start;
    return succeed(module->add(start, end, &own, sums, add, &fault->at), modes, fault);
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
    for (size_t k = 0; k < compiled->layout.count; k++)
        parts[k] = sums_at(&compiled->layout, sums, k);
    return call(compiled, job, start, end, parts, add_to_superacc, fault);
}

/* What one call of add_to_piece takes and gives. */
struct short_piece {
    struct superacc *sum;
    double value;
};

static void add_to_piece(void *to, const double *x, size_t n)
{
    struct short_piece *const piece = to;
    piece->value = short_add(piece->sum, x, n);
}

static bool add_short_real(const void *context, const struct term_job *job, int64_t start,
                           int64_t end, struct superacc *sum, double *value, struct fault *fault)
{
    struct short_piece piece = {sum, 0};
    void *const to = &piece;
    const bool added = call(context, job, start, end, &to, add_to_piece, fault);
    *value = piece.value;
    return added;
}

static enum status refuse(const struct term_module *module, size_t k)
{
    static const char *const reasons[] = {
        [TERM_LONG_DOUBLE] =
            "is a long double, which differs from machine to machine; cast it to double",
        [TERM_COMPLEX] = "is complex; add up creal and cimag of it in two runs",
        [TERM_POINTER] = "is a pointer; take what it points at",
        [TERM_AGGREGATE] = "is a struct or a union; take a member of it",
        [TERM_ROUNDED] = "has a block that is real, and so rounded; let block return an integer",
        [TERM_OTHER] = "has no value that is a number; take an integer, a float or a double",
    };
    const char *const why = reasons[module->types[k]];
    if (module->count > 1 + module->skips)
        return error_set(STATUS_USAGE, "value %zu of the term %s %s", k + 1, module->source, why);
    return error_set(STATUS_USAGE, "the term %s %s", module->source, why);
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
        !spec->wrap && !spec->skip_nan && !spec->save)
        return term_library_open_saved(&compiled->whole, &compiled->fast, spec->file);
    if (spec->save)
        error_set(STATUS_USAGE, "--save-term: %s is a saved term already; copy it", spec->file);
    else
        error_set(STATUS_USAGE,
                  "--term, --let, --define, --wrap and --skip-nan are for a term that is "
                  "compiled: %s is "
                  "already; give them "
                  "when it is saved",
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
    static const enum exact_kind kinds[] = {
        [TERM_INTEGER] = EXACT_INTEGER,
        [TERM_WIDE] = EXACT_WIDE,
        [TERM_NATURAL] = EXACT_NATURAL,
        [TERM_REAL] = EXACT_REAL,
    };
    const struct term_module *const module = compiled->whole.module;
    const size_t count = (size_t)module->count;
    enum exact_kind its[LAYOUT_MAX] = {EXACT_INTEGER};
    for (size_t k = 0; k < count; k++)
        its[k] = kinds[module->types[k]];
    compiled->layout = layout_of(its, count);
    *term = (struct term){
        .layout = compiled->layout,
        .names = module->names,
        .numbers = compiled->columns.numbers,
        .add = add_values,
        .add_short = count == 1 && its[0] == EXACT_REAL && !module->calls ? add_short_real : NULL,
        .arrays = module->arrays,
        .data = compiled->data,
        .blocks = module->blocks,
        .context = compiled,
        .source = module->source,
        .kernel = kernel_name(compiled),
        .skips = module->skips,
        .checked = module->checks == TERM_CHECKED,
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

/* Tells a library where the arrays are that it was compiled for. */
static enum status bind(const struct term_compiled *compiled, const struct term_module *module,
                        const char *name)
{
    static const struct data none;
    const struct data *const data = compiled->data ? compiled->data : &none;
    for (struct term_array *wanted = module->arrays; wanted->name; wanted++) {
        const size_t k = data_find(data, wanted->name, strlen(wanted->name));
        const struct data_array *const array = &data->array[k];
        if (k == data->count || strcmp(element_name(array->shape.element), wanted->element) != 0 ||
            (array->shape.dimensions == 2 ? array->shape.n[1] : 0) != wanted->columns)
            return error_set(
                STATUS_USAGE, "%s: was compiled for the array %s of %s%s; give it with --data",
                name, wanted->name, wanted->element, wanted->columns ? " and as many columns" : "");
        wanted->at = array->elements;
        wanted->n = array->shape.n[0];
    }
    return STATUS_OK;
}

/* The same for both. */
static enum status bind_both(struct term_compiled *compiled, const struct data *data,
                             const char *name)
{
    compiled->data = data;
    compiled->within = INT64_MAX;
    for (size_t k = 0; data && k < data->count; k++)
        if (data->array[k].shape.n[0] < compiled->within)
            compiled->within = data->array[k].shape.n[0];
    const enum status status = bind(compiled, compiled->whole.module, name);
    return status || !compiled->fast.module ? status : bind(compiled, compiled->fast.module, name);
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
    for (size_t k = 0; k < (size_t)module->count; k++)
        if (module->types[k] >= TERM_REFUSED)
            return refuse(module, k);
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
    status = make(compiled, spec, range, control, digest);
    if (status) {
        term_close(compiled);
        return status;
    }
    describe(compiled, term);
    term->digest = digest;
    *opened = compiled;
    return STATUS_OK;
}

/* What tells the data of one process from those of another. */
static void put_data(const struct data *data, struct bytes *bytes)
{
    const uint64_t count = data ? data->count : 0;
    bytes_put(bytes, &count, sizeof count);
    for (size_t k = 0; k < count; k++)
        bytes_put(bytes, &data->array[k].digest, sizeof data->array[k].digest);
}

static enum status check_data(const struct data *data, struct bytes *bytes)
{
    uint64_t count, digest;
    bytes_get(bytes, &count, sizeof count);
    if (count != (data ? data->count : 0))
        return error_set(STATUS_USAGE, "--data: rank 0 has other arrays; give all ranks the same");
    for (size_t k = 0; k < count; k++) {
        const struct data_array *const array = &data->array[k];
        bytes_get(bytes, &digest, sizeof digest);
        if (digest != array->digest)
            return error_set(STATUS_USAGE,
                             "--data %s: %s holds something else than on rank 0; give all ranks "
                             "the same file",
                             array->name, array->path);
    }
    return STATUS_OK;
}

enum status term_put(const struct term_compiled *compiled, struct bytes *bytes)
{
    const uint32_t libraries = !compiled ? 0 : compiled->fast.handle ? 2 : 1;
    bytes_put(bytes, &libraries, sizeof libraries);
    enum status status = STATUS_OK;
    if (libraries > 0) {
        put_data(compiled->data, bytes);
        bytes_put(bytes, &compiled->columns, sizeof compiled->columns);
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
    enum status status = check_data(data, bytes);
    if (status)
        return status;
    struct term_compiled *const compiled = calloc(1, sizeof *compiled);
    if (!compiled)
        return error_set(STATUS_FAILED, "out of memory for the term");
    bytes_get(bytes, &compiled->columns, sizeof compiled->columns);
    status = term_library_get(&compiled->whole, bytes, "the compiled term");
    if (!status && libraries > 1)
        status = term_library_get(&compiled->fast, bytes, "the compiled term");
    if (!status)
        status = bind_both(compiled, data, "the compiled term");
    if (status) {
        term_close(compiled);
        return status;
    }
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
