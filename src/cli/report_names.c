/*
 * What results are called in the output. A sum has the name of its value, or "sum"; others are
 * NAME_mean and so on, or "mean". Values without a name are numbered where there are several.
 */
#include "cli/report_names.h"

#include <stdio.h>
#include <string.h>

/* Of the one report: too many to be cleared at each start. */
static char made[RESULTS_MAX][REPORT_NAME];

static void make_name(char name[REPORT_NAME], const char *value, const char *reduction, bool is_sum,
                      size_t number)
{
    if (*value)
        snprintf(name, REPORT_NAME, "%s%s%s", value, is_sum ? "" : "_", is_sum ? "" : reduction);
    else if (number == 0)
        snprintf(name, REPORT_NAME, "%s", reduction);
    else
        snprintf(name, REPORT_NAME, "%s%zu", reduction, number);
}

/* Is it the name of another column of the output? */
static bool is_taken(const struct report *report, size_t which)
{
    const char *const name = made[which];
    bool taken =
        !report->keyed &&
        columns_find(report->columns, (struct field){name, strlen(name)}) < report->columns->count;
    for (size_t k = 0; k < which; k++)
        taken |= strcmp(made[k], name) == 0;
    return taken;
}

enum status report_make_names(struct report *report, const char *const *names)
{
    const struct results *const results = report->results;
    report->names = made;
    size_t unnamed = 0, number[RESULTS_VALUES] = {0};
    for (size_t k = 0; k < results->values - (results->count - report->count); k++)
        number[k] = names && *names[k] ? 0 : ++unnamed;
    for (size_t r = 0; r < report->count; r++) {
        const struct finished *const result = &results->result[r];
        const size_t value = result->value;
        make_name(made[r], names && results->values > 0 ? names[value] : "",
                  reduction_name(result->reduction), result->reduction == REDUCE_SUM,
                  unnamed > 1 ? number[value] : 0);
        if (is_taken(report, r))
            return error_set(STATUS_USAGE,
                             "--reduce: two columns of the output would be called %s; give the "
                             "values, or the columns of the jobs, other names",
                             made[r]);
    }
    return STATUS_OK;
}
