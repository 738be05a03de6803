/*
 * Runs a task by libparsum, and prints its results for tests/same_runs.py: a line for each row,
 * "RUN START END AT VALUE ...", and one for each result of the whole, "NAME=VALUE"; or
 * "error: TEXT".
 *
 *     run_by_library [term=T] [let=L] [define=D] [reduce=R] [by=B] [list=L] [first=N] [seed=N]
 *                    [threads=N] [grain=N] [cumulative=1] [skip_nan=1] [int=NAME] [real=NAME]
 *                    [row=1] -- START END [NUMBER...] START END [NUMBER...] ...
 *
 * Each job has a number for each column, in the order of the columns.
 */
#include "parsum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 };

static struct parsum_task task = {.size = sizeof task};
static const char *terms[MOST], *lets[MOST], *defines[MOST];
static struct parsum_column columns[MOST];
static struct parsum_job jobs[MOST];
static union parsum_number numbers[MOST][MOST]; /* of a column */

static void append(const char **list, const char *text)
{
    while (*list)
        list++;
    *list = text;
}

static void add_column(const char *name, int real)
{
    columns[task.column_count] = (struct parsum_column){name, real, numbers[task.column_count]};
    task.column_count++;
}

static int print_row(void *context, const struct parsum_row *row)
{
    (void)context;
    printf("%llu %lld %lld %lld", (unsigned long long)row->job, (long long)row->range.start,
           (long long)row->range.end, (long long)row->at);
    for (size_t k = 0; k < row->count; k++) {
        char text[PARSUM_VALUE_TEXT];
        parsum_value_print(&row->values[k], text);
        printf(" %s", text);
    }
    printf("\n");
    return 0;
}

static void take(char *option)
{
    char *const value = strchr(option, '=');
    if (!value)
        exit(2);
    *value = '\0';
    const char *const text = value + 1;
    const long long number = atoll(text);
#define IS(name) (strcmp(option, name) == 0)
    if (IS("term"))
        append(terms, text);
    else if (IS("let"))
        append(lets, text);
    else if (IS("define"))
        append(defines, text);
    else if (IS("int") || IS("real"))
        add_column(text, IS("real"));
    else if (IS("reduce"))
        task.reduce = text;
    else if (IS("by"))
        task.by = text;
    else if (IS("list"))
        task.list = text;
    else if (IS("first"))
        task.first = number;
    else if (IS("seed"))
        task.seed = number;
    else if (IS("threads"))
        task.threads = (int)number;
    else if (IS("grain"))
        task.grain = number;
    else if (IS("cumulative"))
        task.cumulative = 1;
    else if (IS("skip_nan"))
        task.skip_nan = 1;
    else if (IS("row"))
        task.row = print_row;
    else
        exit(2);
}

static void take_jobs(char **arguments)
{
    while (*arguments && task.job_count < MOST) {
        const size_t job = task.job_count++;
        jobs[job].start = atoll(*arguments++);
        jobs[job].end = atoll(*arguments++);
        for (size_t k = 0; k < task.column_count; k++, arguments++)
            if (columns[k].real)
                numbers[k][job].real = strtod(*arguments, NULL);
            else
                numbers[k][job].integer = atoll(*arguments);
    }
}

static void print(const struct parsum_result *result)
{
    const size_t count = parsum_result_count(result);
    struct parsum_value values[MOST * 11];
    for (size_t row = 0; row < parsum_result_rows(result); row++) {
        for (size_t k = 0; k < count; k++)
            values[k] = parsum_result_value(result, row, k);
        print_row(NULL, &(struct parsum_row){parsum_result_numbers(result)[row],
                                             parsum_result_jobs(result)[row],
                                             parsum_result_at(result)[row], count, values});
    }
    for (size_t k = 0; k < count; k++) {
        char text[PARSUM_VALUE_TEXT];
        const struct parsum_value total = parsum_result_total(result, k);
        parsum_value_print(&total, text);
        printf("%s=%s\n", parsum_result_name(result, k), text);
    }
}

int main(int count, char **arguments)
{
    struct parsum_result *result;
    int at = 1;
    for (; at < count && strcmp(arguments[at], "--") != 0; at++)
        take(arguments[at]);
    take_jobs(arguments + at + 1);
    task.jobs = jobs;
    task.columns = columns;
    task.terms = *terms ? terms : NULL;
    task.lets = *lets ? lets : NULL;
    task.defines = *defines ? defines : NULL;
    const enum parsum_status status = parsum_run(&task, &result);
    if (status)
        printf("error: %s\n", parsum_error().text);
    else
        print(result);
    parsum_result_free(result);
    return (int)status;
}
