#include "task/names.h"

#include <stdio.h>
#include <string.h>

static void make_name(char name[RESULT_NAME], const char *value, const char *reduction, bool is_sum,
                      size_t number)
{
    if (*value)
        snprintf(name, RESULT_NAME, "%s%s%s", value, is_sum ? "" : "_", is_sum ? "" : reduction);
    else if (number == 0)
        snprintf(name, RESULT_NAME, "%s", reduction);
    else
        snprintf(name, RESULT_NAME, "%s%zu", reduction, number);
}

/* Is it the name of another column of the output? */
static bool is_taken(char (*names)[RESULT_NAME], size_t which, const struct columns *columns)
{
    const char *const name = names[which];
    bool taken =
        columns && columns_find(columns, (struct field){name, strlen(name)}) < columns->count;
    for (size_t k = 0; k < which; k++)
        taken |= strcmp(names[k], name) == 0;
    return taken;
}

enum status names_make(char (*names)[RESULT_NAME], const struct results *results, size_t count,
                       const char *const *values, const struct columns *columns)
{
    size_t unnamed = 0, number[RESULTS_VALUES] = {0};
    for (size_t k = 0; k < results->values - (results->count - count); k++)
        number[k] = values && *values[k] ? 0 : ++unnamed;
    for (size_t r = 0; r < count; r++) {
        const struct finished *const result = &results->result[r];
        const size_t value = result->value;
        make_name(names[r], values && results->values > 0 ? values[value] : "",
                  reduction_name(result->reduction), result->reduction == REDUCE_SUM,
                  unnamed > 1 ? number[value] : 0);
        if (is_taken(names, r, columns))
            return error_set(STATUS_USAGE,
                             "--reduce: two columns of the output would be called %s; give the "
                             "values, or the columns of the jobs, other names",
                             names[r]);
    }
    return STATUS_OK;
}

enum status names_reduce(const char *text, struct reductions *reductions)
{
    char quoted[ERROR_QUOTED];
    size_t length;
    for (bool more = *text; more; text += length + 1) {
        length = strcspn(text, ",");
        more = text[length] == ',';
        const enum reduction reduction = reduction_find(text, length);
        if (reduction == REDUCTIONS)
            return error_set(
                STATUS_USAGE,
                "--reduce: %s is none of sum, count, mean, var, sd, se, rms, min, max, "
                "argmin, argmax",
                error_quote(text, length, quoted));
        for (size_t k = 0; k < reductions->count; k++)
            if (reductions->list[k] == reduction)
                return error_set(STATUS_USAGE, "--reduce: %s is given twice; give it once",
                                 reduction_name(reduction));
        reductions->list[reductions->count++] = reduction;
    }
    return reductions->count > 0
               ? STATUS_OK
               : error_set(STATUS_USAGE, "--reduce: nothing is given; give one or "
                                         "more such as mean,sd");
}
