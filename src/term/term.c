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
    return fast && fast->low <= start && end <= fast->high ? fast : compiled->whole.module;
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

static bool call_integers(const struct term_compiled *compiled, int64_t start, int64_t end,
                          struct term_integers *integers, struct fault *fault)
{
    const unsigned modes = modes_get();
    fault->at.i = start;
    const int trouble = module_for(compiled, start, end)->add(start, end, integers, &fault->at);
    return succeed(trouble, modes, fault);
}

static bool add_integers(const void *context, int64_t start, int64_t end, struct sums *sums,
                         struct fault *fault)
{
    struct term_integers integers = {(uint128)*sums_integer(sums), 0};
    const bool added = call_integers(context, start, end, &integers, fault);
    *sums_integer(sums) = (int128)integers.low;
    return added;
}

static bool add_wide(const void *context, int64_t start, int64_t end, struct sums *sums,
                     struct fault *fault)
{
    struct exact_wide *const wide = sums_wide(sums);
    struct term_integers integers = {(uint128)wide->low, (uint128)wide->high};
    const bool added = call_integers(context, start, end, &integers, fault);
    *wide = (struct exact_wide){(int128)integers.low, (int128)integers.high};
    return added;
}

static bool call_real(const struct term_compiled *compiled, int64_t start, int64_t end, void *to,
                      term_add_array *add, struct fault *fault)
{
    const unsigned modes = modes_get();
    fault->at.i = start;
    const int trouble = module_for(compiled, start, end)->add_real(start, end, to, add, &fault->at);
    return succeed(trouble, modes, fault);
}

static void add_to_superacc(void *to, const double *x, size_t n)
{
    superacc_add_array(to, x, n);
}

static bool add_reals(const void *context, int64_t start, int64_t end, struct sums *sums,
                      struct fault *fault)
{
    return call_real(context, start, end, sums_real(sums), add_to_superacc, fault);
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

static bool add_short_reals(const void *context, int64_t start, int64_t end, struct superacc *sum,
                            double *value, struct fault *fault)
{
    struct short_piece piece = {sum, 0};
    const bool added = call_real(context, start, end, &piece, add_to_piece, fault);
    *value = piece.value;
    return added;
}

static enum status refuse(const struct term_module *module)
{
    static const char *const reasons[] = {
        [TERM_LONG_DOUBLE] =
            "is a long double, which differs from machine to machine; cast it to double",
        [TERM_COMPLEX] = "is complex; add up creal and cimag of it in two runs",
        [TERM_POINTER] = "is a pointer; take what it points at",
        [TERM_AGGREGATE] = "is a struct or a union; take a member of it",
        [TERM_OTHER] = "has no value that is a number; take an integer, a float or a double",
    };
    return error_set(STATUS_USAGE, "the term %s %s", module->source, reasons[module->type]);
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
    if (spec->constant_count == 0 && !spec->wrap && !spec->save)
        return term_library_open_saved(&compiled->whole, &compiled->fast, spec->file);
    if (spec->save)
        error_set(STATUS_USAGE, "--save-term: %s is a saved term already; copy it", spec->file);
    else
        error_set(STATUS_USAGE,
                  "--define and --wrap are for a term that is compiled: %s is already; give them "
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

static void describe(const struct term_compiled *compiled, struct term *term)
{
    static const enum exact_kind kinds[] = {
        [TERM_INTEGER] = EXACT_INTEGER,
        [TERM_WIDE] = EXACT_WIDE,
        [TERM_NATURAL] = EXACT_NATURAL,
        [TERM_REAL] = EXACT_REAL,
    };
    const struct term_module *const module = compiled->whole.module;
    *term = (struct term){
        .layout = layout_of(&kinds[module->type], 1),
        .add = module->type == TERM_REAL      ? add_reals
               : module->type == TERM_INTEGER ? add_integers
                                              : add_wide,
        .add_short = module->type == TERM_REAL ? add_short_reals : NULL,
        .context = compiled,
        .source = module->source,
        .kernel = kernel_name(compiled),
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

/* Compiles the term or loads it, into compiled->whole and compiled->fast. */
static enum status make(struct term_compiled *compiled, const struct term_spec *spec,
                        struct term_range range, struct control *control, uint64_t digest)
{
    enum status status = is_saved(spec)
                             ? open_saved(compiled, spec)
                             : term_build(spec, range, control, &compiled->whole, &compiled->fast);
    if (status)
        return status;
    if (compiled->whole.module->type >= TERM_REFUSED)
        return refuse(compiled->whole.module);
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

enum status term_put(const struct term_compiled *compiled, struct bytes *bytes)
{
    const uint32_t libraries = !compiled ? 0 : compiled->fast.handle ? 2 : 1;
    bytes_put(bytes, &libraries, sizeof libraries);
    enum status status = STATUS_OK;
    if (libraries > 0)
        status = term_library_put(&compiled->whole, bytes);
    if (!status && libraries > 1)
        status = term_library_put(&compiled->fast, bytes);
    return status;
}

enum status term_get(struct term_compiled **opened, struct bytes *bytes, struct term *term)
{
    uint32_t libraries;
    *opened = NULL;
    bytes_get(bytes, &libraries, sizeof libraries);
    if (libraries == 0)
        return STATUS_OK;
    struct term_compiled *const compiled = calloc(1, sizeof *compiled);
    if (!compiled)
        return error_set(STATUS_FAILED, "out of memory for the term");
    enum status status = term_library_get(&compiled->whole, bytes, "the compiled term");
    if (!status && libraries > 1)
        status = term_library_get(&compiled->fast, bytes, "the compiled term");
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
