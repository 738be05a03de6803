#include "term/function.h"

#include "base/digest.h"
#include "base/error.h"
#include "exact/modes.h"
#include "term/gather.h"

#include <string.h>

/* Integers in a group: its values stay in a first-level cache, those of several in a second-level
   one. */
enum { GROUP = 2048, GROUP_SEVERAL = 256 };
_Static_assert((int)GROUP <= (int)VECTORS_MAX, "a group can be folded");

static int group_real(const struct function_spec *spec, int64_t start, size_t n, struct gather *to,
                      struct term_place *at)
{
    double x[GROUP];
    const void *const arrays[] = {x, NULL};
    for (size_t j = 0; j < n; j++)
        x[j] = spec->real(start + (int64_t)j, spec->context);
    return gather_take(to, start, n, arrays, at);
}

static int group_integer(const struct function_spec *spec, int64_t start, size_t n,
                         struct gather *to, struct term_place *at)
{
    int64_t x[GROUP];
    const void *const arrays[] = {x, NULL};
    for (size_t j = 0; j < n; j++)
        x[j] = spec->integer(start + (int64_t)j, spec->context);
    return gather_take(to, start, n, arrays, at);
}

/* Several values: the function writes those of one i, the fold wants those of one value. */
static int group_reals(const struct function_spec *spec, int64_t start, size_t n, struct gather *to,
                       struct term_place *at)
{
    double x[TERM_VALUES][GROUP_SEVERAL], values[TERM_VALUES];
    const void *arrays[2 * TERM_VALUES] = {NULL};
    for (size_t k = 0; k < spec->count; k++)
        arrays[k] = x[k];
    for (size_t j = 0; j < n; j++) {
        spec->reals(start + (int64_t)j, spec->context, values);
        for (size_t k = 0; k < spec->count; k++)
            x[k][j] = values[k];
    }
    return gather_take(to, start, n, arrays, at);
}

static bool add(const void *context, const struct term_job *job, int64_t start, int64_t end,
                struct sums *sums, struct fault *fault)
{
    const struct function *const function = context;
    const struct function_spec *const spec = &function->spec;
    struct fold_window windows[TERM_VALUES] = {{0}};
    struct gather to = {
        .results = &function->results,
        .types = function->types,
        .windows = windows,
        .run = job->run,
        .sums = sums,
    };
    const size_t most = function->most;
    int trouble = TERM_FINE;
    fault->at.i = start;
    for (int64_t i = start; i < end && !trouble;) {
        const uint64_t left = (uint64_t)end - (uint64_t)i;
        const size_t n = left < most ? (size_t)left : most;
        trouble = function->group(spec, i, n, &to, &fault->at);
        i += (int64_t)n;
    }
    error_clear();            /* that of a run within the function is its affair */
    if (!modes_are_default()) /* the function has changed them, which would change sums */
        trouble = TERM_MODES;
    fault->kind = (enum term_trouble)trouble;
    return trouble == TERM_FINE;
}

void function_open(struct function *function, const struct function_spec *spec,
                   const struct reductions *reductions, struct term *term)
{
    enum exact_kind kinds[TERM_VALUES];
    function->spec = *spec;
    function->group = spec->real ? group_real : spec->integer ? group_integer : group_reals;
    function->most = spec->reals ? GROUP_SEVERAL : GROUP;
    const size_t count = spec->reals ? spec->count : 1;
    for (size_t k = 0; k < count; k++) {
        function->types[k] = spec->integer ? FOLD_SIGNED : FOLD_REAL;
        kinds[k] = fold_kind(function->types[k]);
    }
    results_of(&function->results, kinds, count, reductions, 0);
    const uint64_t digest = digest_add(DIGEST_START, spec->name, strlen(spec->name));
    *term = (struct term){
        .results = &function->results,
        .add = add,
        .context = function,
        .source = spec->name,
        .digest = digest ? digest : 1, /* 0 is the built-in term's */
        .kernel = "function",
    };
}
