#include "exact/results.h"

#include "exact/extreme.h"
#include "exact/moments.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
    [REDUCE_SUM] = "sum",       [REDUCE_COUNT] = "count",   [REDUCE_MEAN] = "mean",
    [REDUCE_VAR] = "var",       [REDUCE_SD] = "sd",         [REDUCE_SE] = "se",
    [REDUCE_RMS] = "rms",       [REDUCE_MIN] = "min",       [REDUCE_MAX] = "max",
    [REDUCE_ARGMIN] = "argmin", [REDUCE_ARGMAX] = "argmax",
};

const char *reduction_name(enum reduction reduction)
{
    return names[reduction];
}

enum reduction reduction_find(const char *name, size_t length)
{
    enum reduction reduction = 0;
    while (reduction < REDUCTIONS &&
           (strlen(names[reduction]) != length || memcmp(names[reduction], name, length) != 0))
        reduction++;
    return reduction;
}

static const struct parts no_parts = {RESULTS_NONE, RESULTS_NONE, RESULTS_NONE, RESULTS_NONE,
                                      RESULTS_NONE};

const struct results results_integer = {
    .layout = {.count = 1, .size = sizeof(int128)},
    .values = 1,
    .parts[0] = {0, RESULTS_NONE, RESULTS_NONE, RESULTS_NONE, RESULTS_NONE},
    .terms = RESULTS_NONE,
    .count = 1,
};
_Static_assert(EXACT_INTEGER == 0 && REDUCE_SUM == 0, "the members that are left out");

void results_of_sums(struct results *results, const enum exact_kind *kinds, size_t count)
{
    *results = (struct results){
        .layout = layout_of(kinds, count),
        .values = count,
        .terms = RESULTS_NONE,
        .count = count,
    };
    for (size_t k = 0; k < count; k++) {
        results->kinds[k] = kinds[k];
        results->parts[k] = no_parts;
        results->parts[k].sum = k;
        results->result[k] = (struct finished){REDUCE_SUM, (unsigned)k, kinds[k]};
    }
}

/* Which parts a result is made of. */
static bool wants_sum(enum reduction reduction)
{
    return reduction == REDUCE_SUM || (reduction >= REDUCE_MEAN && reduction <= REDUCE_SE);
}

static bool wants_squares(enum reduction reduction)
{
    return reduction >= REDUCE_VAR && reduction <= REDUCE_RMS;
}

static bool wants_least(enum reduction reduction)
{
    return reduction == REDUCE_MIN || reduction == REDUCE_ARGMIN;
}

static bool wants_greatest(enum reduction reduction)
{
    return reduction == REDUCE_MAX || reduction == REDUCE_ARGMAX;
}

/* Adds one to the layout if one of the list wants it; its number. */
static size_t add_part(struct results *results, const struct reductions *list,
                       bool wants(enum reduction), enum exact_kind kind)
{
    bool wanted = false;
    for (size_t k = 0; k < list->count; k++)
        wanted |= wants(list->list[k]);
    return wanted ? layout_add(&results->layout, kind) : RESULTS_NONE;
}

/* The kind of an extreme of values of a kind. */
static enum exact_kind extreme_of(enum exact_kind kind, unsigned end)
{
    return EXACT_EXTREME + end +
           (kind == EXACT_REAL      ? EXTREME_REAL
            : kind == EXACT_NATURAL ? EXTREME_NATURAL
                                    : 0u);
}

/* The kind of the finished result. */
static enum exact_kind kind_of(enum reduction reduction, enum exact_kind kind)
{
    switch (reduction) {
    case REDUCE_SUM:
    case REDUCE_MIN:
    case REDUCE_MAX:
        return kind;
    case REDUCE_COUNT:
    case REDUCE_ARGMIN:
    case REDUCE_ARGMAX:
        return EXACT_INTEGER;
    default:
        return EXACT_REAL;
    }
}

void results_of(struct results *results, const enum exact_kind *kinds, size_t count,
                const struct reductions *list, unsigned how)
{
    *results = (struct results){.values = count, .skips = how & RESULTS_SKIP};
    const bool small = how & RESULTS_SMALL;
    results->terms = layout_add(&results->layout, EXACT_INTEGER);
    for (size_t r = 0; r < list->count; r++)
        results->places |= list->list[r] == REDUCE_ARGMIN || list->list[r] == REDUCE_ARGMAX;
    for (size_t k = 0; k < count; k++) {
        const enum exact_kind kind = results->kinds[k] = kinds[k];
        const bool real = kind == EXACT_REAL;
        results->parts[k] = (struct parts){
            .sum = add_part(results, list, wants_sum, real && !small ? EXACT_PRODUCTS : kind),
            .squares = add_part(results, list, wants_squares,
                                real                    ? EXACT_PRODUCTS
                                : kind == EXACT_INTEGER ? EXACT_NATURAL
                                                        : EXACT_SQUARES),
            .least = add_part(results, list, wants_least, extreme_of(kind, 0)),
            .greatest = add_part(results, list, wants_greatest, extreme_of(kind, EXTREME_GREATEST)),
            .count =
                real && results->skips ? layout_add(&results->layout, EXACT_INTEGER) : RESULTS_NONE,
        };
        for (size_t r = 0; r < list->count; r++)
            results->result[results->count++] =
                (struct finished){list->list[r], (unsigned)k, kind_of(list->list[r], kind)};
    }
    if (count == 0)
        results->result[results->count++] = (struct finished){REDUCE_COUNT, 0, EXACT_INTEGER};
}

/* Part `which` of the layout. */
static const void *part(const struct results *results, const struct sums *sums, size_t which)
{
    return (const char *)sums + results->layout.at[which];
}

static void read_moment(struct moment *moment, const struct results *results,
                        const struct sums *sums, size_t which)
{
    const void *const at = part(results, sums, which);
    switch (results->layout.kinds[which]) {
    case EXACT_INTEGER: {
        const int128 sum = *(const int128 *)at;
        moment_from_integer(moment, (uint64_t)sum, sum >> 64);
        break;
    }
    case EXACT_REAL:
        moment_from_superacc(moment, at);
        break;
    case EXACT_PRODUCTS:
        moment_from_kulisch(moment, at);
        break;
    case EXACT_SQUARES:
        moment_from_squares(moment, ((const struct exact_squares *)at)->limb);
        break;
    default: {
        const struct exact_wide *const wide = at;
        moment_from_integer(moment, wide->low, wide->high);
    }
    }
}

/* What is made of one value, as far as it was needed yet. */
struct made {
    size_t value;
    bool has_sum, has_squares;
    struct moment sum, squares;
};

static double finish_moment(struct made *made, const struct results *results,
                            const struct sums *sums, enum reduction reduction, uint64_t n)
{
    const struct parts *const parts = &results->parts[made->value];
    if (wants_sum(reduction) && !made->has_sum)
        read_moment(&made->sum, results, sums, parts->sum);
    if (wants_squares(reduction) && !made->has_squares)
        read_moment(&made->squares, results, sums, parts->squares);
    made->has_sum |= wants_sum(reduction);
    made->has_squares |= wants_squares(reduction);
    switch (reduction) {
    case REDUCE_MEAN:
        return moments_mean(&made->sum, n);
    case REDUCE_VAR:
        return moments_variance(&made->sum, &made->squares, n, 1);
    case REDUCE_SD:
        return moments_deviation(&made->sum, &made->squares, n, 1);
    case REDUCE_SE:
        return moments_error(&made->sum, &made->squares, n);
    default:
        return moments_root(&made->squares, n);
    }
}

static const struct extreme *extreme_at(const struct results *results, const struct sums *sums,
                                        const struct finished *result)
{
    const struct parts *const parts = &results->parts[result->value];
    const bool least = wants_least(result->reduction);
    return part(results, sums, least ? parts->least : parts->greatest);
}

/* Is there one, of so many terms? */
static bool is_empty(enum reduction reduction, int128 terms)
{
    if (reduction == REDUCE_SUM || reduction == REDUCE_COUNT)
        return false;
    return terms < (reduction >= REDUCE_VAR && reduction <= REDUCE_SE ? 2 : 1);
}

/* False if it does not fit. */
static bool finish(struct made *made, const struct results *results, const struct sums *sums,
                   const struct finished *result, int128 terms, union value *value)
{
    *value = (union value){0};
    if (is_empty(result->reduction, terms))
        return true;
    const struct parts *const parts = &results->parts[result->value];
    switch (result->reduction) {
    case REDUCE_SUM:
        return exact_value(results->layout.kinds[parts->sum], part(results, sums, parts->sum),
                           value);
    case REDUCE_COUNT:
        value->integer = terms;
        return true;
    case REDUCE_MIN:
    case REDUCE_MAX:
        memcpy(value, &extreme_at(results, sums, result)->value, sizeof *value);
        return true;
    case REDUCE_ARGMIN:
    case REDUCE_ARGMAX:
        value->integer = extreme_at(results, sums, result)->i;
        return true;
    default:
        value->real = finish_moment(made, results, sums, result->reduction, (uint64_t)terms);
        return isfinite(value->real);
    }
}

/* How many terms of a value there are. */
static int128 count_terms(const struct results *results, const struct sums *sums, size_t value)
{
    const size_t own = results->values > 0 ? results->parts[value].count : RESULTS_NONE;
    return *(const int128 *)part(results, sums, own == RESULTS_NONE ? results->terms : own);
}

/* Apart, as it has much on the stack. */
static __attribute__((__noinline__)) bool finish_all(const struct results *results,
                                                     const struct sums *sums, union value *values)
{
    struct made made = {.value = RESULTS_VALUES};
    bool fit = true;
    for (size_t r = 0; r < results->count; r++) {
        const struct finished *const result = &results->result[r];
        if (result->value != made.value)
            made.has_sum = made.has_squares = false;
        made.value = result->value;
        fit &= finish(&made, results, sums, result, count_terms(results, sums, result->value),
                      &values[r]);
    }
    values[results->count].integer = *(const int128 *)part(results, sums, results->terms);
    for (size_t k = 0; k < results->values && results->skips; k++)
        values[results->count + 1 + k].integer = count_terms(results, sums, k);
    return fit;
}

bool results_finish(const struct results *results, const struct sums *sums, union value *values)
{
    return results->terms == RESULTS_NONE ? sums_values(&results->layout, sums, values)
                                          : finish_all(results, sums, values);
}

bool results_lacks_terms(const struct results *results, const union value *values, size_t which)
{
    const struct finished *const result = &results->result[which];
    const bool apart = results->skips && results->values > 0; /* each value has a count */
    const size_t counted = results->count + (apart ? 1 + result->value : 0);
    return is_empty(result->reduction, values[counted].integer);
}

uint64_t results_skipped(const struct results *results, const union value *values)
{
    int128 skipped = 0;
    for (size_t k = 0; k < results->values && results->skips; k++)
        skipped += values[results->count].integer - values[results->count + 1 + k].integer;
    return (uint64_t)skipped;
}

int64_t results_run(const struct results *results, const struct sums *sums, size_t which)
{
    const struct finished *const result = &results->result[which];
    const bool is_place = result->reduction == REDUCE_ARGMIN || result->reduction == REDUCE_ARGMAX;
    return is_place ? extreme_at(results, sums, result)->run : 0;
}

/* The kind of a slot. */
static enum exact_kind slot_kind(const struct results *results, size_t which)
{
    return which < results->count ? results->result[which].kind : EXACT_INTEGER;
}

char *results_save(const struct results *results, const union value *values, char *text)
{
    for (size_t k = 0; k < results_slots(results); k++) {
        text = k > 0 ? stpcpy(text, ",") : text;
        text = exact_save_value(slot_kind(results, k), values[k], text);
    }
    return text;
}

bool results_load(const struct results *results, const char *text, union value *values)
{
    char item[EXACT_TEXT];
    const size_t slots = results_slots(results);
    for (size_t k = 0; k < slots; k++)
        if (!sums_take_item(&text, k + 1 == slots, item, sizeof item) ||
            !exact_load_value(slot_kind(results, k), item, &values[k]))
            return false;
    return true;
}

void results_describe(const struct results *results, char text[RESULTS_TEXT])
{
    *text = '\0';
    for (size_t k = 0; k < results->values; k++) {
        text = stpcpy(k > 0 ? stpcpy(text, ",") : text, exact_kind_name(results->kinds[k]));
    }
    if (results->terms == RESULTS_NONE)
        return;
    text = stpcpy(text, results->values > 0 ? " reduce " : "reduce ");
    for (size_t r = 0; r < results->count && results->result[r].value == 0; r++)
        text = stpcpy(r > 0 ? stpcpy(text, ",") : text, names[results->result[r].reduction]);
}
