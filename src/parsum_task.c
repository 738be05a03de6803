#include "parsum_task.h"

#include "base/clock.h"
#include "parsum_parallel.h"
#include "task/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_KEYS = 1000000, BELOW = 100000000, HUGE_SECONDS = 1000000000 };

enum status task_take(struct parsum_task *own, const struct parsum_task *asked)
{
    memset(own, 0, sizeof *own);
    if (asked->size < sizeof asked->size || asked->size > sizeof *own)
        return error_set(STATUS_USAGE,
                         "the member `size` of the task is not "
                         "sizeof(struct parsum_task) of this version or an older one");
    memcpy(own, asked, asked->size);
    own->size = sizeof *own;
    return STATUS_OK;
}

/* Copies a list of texts that ends with NULL. */
static enum status take_list(const char *const *list, const char *what, const char **to,
                             size_t room, size_t *count)
{
    for (*count = 0; list && list[*count]; ++*count) {
        if (*count == room)
            return error_set(STATUS_USAGE, "%s: there are more than %zu; leave some out", what,
                             room);
        to[*count] = list[*count];
    }
    return STATUS_OK;
}

static bool next_job(void *context, int64_t bounds[2], union number *columns)
{
    const struct parsum_task *const asked = context;
    struct parsum_job job = {0, 0};
    const struct error_aside aside = error_set_aside();
    const bool found = asked->next_job(asked->context, &job, (union parsum_number *)columns);
    error_put_back(aside);
    if (!found)
        return false;
    bounds[0] = job.start;
    bounds[1] = job.end;
    return true;
}

static enum status take_columns(struct task_room *room)
{
    const struct parsum_task *const asked = room->asked;
    room->columns = calloc(asked->column_count + 1, sizeof *room->columns);
    if (!room->columns)
        return error_set(STATUS_FAILED, "out of memory for the columns");
    for (size_t k = 0; k < asked->column_count; k++) {
        const struct parsum_column *const column = &asked->columns[k];
        if (!column->name || (!asked->next_job && !column->numbers && asked->job_count > 0))
            return error_set(STATUS_USAGE, "column %zu has no name, or no numbers", k + 1);
        room->columns[k] = (struct job_column){column->name, column->real, column->numbers};
    }
    return STATUS_OK;
}

static enum status take_jobs(struct task_spec *spec, struct task_room *room)
{
    const struct parsum_task *const asked = room->asked;
    const bool given = asked->jobs || asked->next_job;
    const int ways = given + !!asked->input + !!asked->segments + (asked->random > 0);
    if (ways > 1 || (asked->jobs && asked->next_job))
        return error_set(STATUS_USAGE, "jobs come from one place: give one of jobs, next_job, "
                                       "input, segments and random");
    if (asked->column_count > 0 && !given)
        return error_set(STATUS_USAGE, "columns go with jobs or next_job");
    if (asked->random < 0 || asked->below < 0)
        return error_set(STATUS_USAGE, "random or below is less than 0");
    spec->save_only = asked->save_term && ways == 0;
    if (ways == 0 && !asked->arrays && !asked->data && !spec->save_only)
        return error_set(STATUS_USAGE, "no jobs are given; give jobs, or another source of them");
    room->given = (struct job_given){
        .bounds = asked->jobs ? &asked->jobs->start : NULL,
        .count = asked->job_count,
        .next = asked->next_job ? next_job : NULL,
        .context = (void *)asked,
        .column_count = asked->column_count,
    };
    spec->jobs = (struct job_spec){
        .given = given ? &room->given : NULL,
        .input = asked->input,
        .random = asked->random,
        .below = asked->below ? asked->below : BELOW,
        .seed = asked->seed,
        .start = asked->start,
        .end = asked->end ? *asked->end : 0,
        .has_end = asked->end,
        .stop_ns = spec->stop_ns,
    };
    spec->jobs_random = asked->random > 0 || spec->save_only;
    spec->load.segments = asked->segments;
    const enum status status = take_columns(room);
    room->given.columns = room->columns;
    return status;
}

static enum status take_arrays(struct task_spec *spec, struct task_room *room)
{
    const struct parsum_task *const asked = room->asked;
    room->arrays = calloc(asked->array_count + 1, sizeof *room->arrays);
    if (!room->arrays)
        return error_set(STATUS_FAILED, "out of memory for the arrays");
    for (size_t k = 0; k < asked->array_count; k++) {
        const struct parsum_array *const array = &asked->arrays[k];
        const enum element element = element_find(array->type ? array->type : "");
        if (!array->name || element == ELEMENTS || (array->n > 0 && !array->elements))
            return error_set(STATUS_USAGE,
                             "array %zu: it has no name, no elements, or none of the types f4, f8, "
                             "i1 to i8 and u1 to u8",
                             k + 1);
        room->arrays[k] =
            (struct data_given){array->name, element, array->elements, array->n, array->columns};
    }
    spec->load.given = room->arrays;
    spec->load.given_count = asked->array_count;
    return take_list(asked->data, "data", spec->load.files, DATA_MAX, &spec->load.file_count);
}

static enum status take_function(struct task_spec *spec, struct task_room *room)
{
    const struct parsum_task *const asked = room->asked;
    const int functions = !!asked->real + !!asked->integer + !!asked->reals;
    if (functions == 0)
        return STATUS_OK;
    if (functions > 1 || asked->terms || asked->term_file || asked->by || asked->list ||
        asked->lets || asked->defines || asked->arrays || asked->data || asked->save_term ||
        asked->skip_nan || asked->wrap || asked->libm)
        return error_set(STATUS_USAGE, "a term is one function, or text; by, list, lets, defines, "
                                       "arrays, data, save_term, skip_nan, wrap and libm go with "
                                       "text");
    if (asked->reals && (asked->value_count < 1 || asked->value_count > TERM_VALUES))
        return error_set(STATUS_USAGE, "value_count is %zu, and must be 1 to %d",
                         asked->value_count, TERM_VALUES);
    if (asked->journal && !asked->name)
        return error_set(STATUS_USAGE, "a journal has to tell one function from another: give "
                                       "this one a name");
    room->function = (struct function_spec){
        .real = asked->real,
        .integer = asked->integer,
        .reals = asked->reals,
        .count = asked->value_count,
        .context = asked->context,
        .name = asked->name ? asked->name : "a function",
    };
    spec->function = &room->function;
    return STATUS_OK;
}

static enum status take_term(struct task_spec *spec, struct task_room *room)
{
    const struct parsum_task *const asked = room->asked;
    struct term_spec *const term = &spec->term;
    term->file = asked->term_file;
    term->save = asked->save_term;
    term->skip_nan = asked->skip_nan;
    term->wrap = asked->wrap;
    term->libm = asked->libm;
    term->no_cache = asked->no_cache;
    enum status status =
        take_list(asked->terms, "terms", term->values, TERM_VALUES, &term->value_count);
    if (!status)
        status = take_list(asked->lets, "lets", term->lets, TERM_CONSTANTS, &term->let_count);
    if (!status)
        status = take_list(asked->defines, "defines", term->constants, TERM_CONSTANTS,
                           &term->constant_count);
    return status ? status : take_function(spec, room);
}

static enum status take_results(struct task_spec *spec, const struct parsum_task *asked)
{
    spec->by = asked->by;
    spec->list = asked->list;
    spec->first = asked->first;
    spec->max_keys = asked->max_keys ? asked->max_keys : MOST_KEYS;
    spec->cumulative = asked->cumulative;
    if (asked->first < 0 || asked->max_keys < 0 || asked->max_keys > INT32_MAX / 2)
        return error_set(STATUS_USAGE, "first or max_keys is less than 0, or too large");
    return asked->reduce ? names_reduce(asked->reduce, &spec->reductions) : STATUS_OK;
}

/* What does not go together; the program's manual says why. */
static enum status check_pairs(const struct parsum_task *asked)
{
    const struct {
        bool both;
        const char *names;
    } pairs[] = {
        {asked->by && asked->cumulative, "by and cumulative"},
        {asked->list && asked->terms, "list and terms"},
        {asked->list && asked->reduce, "list and reduce"},
        {asked->list && asked->by, "list and by"},
        {asked->list && asked->cumulative, "list and cumulative"},
        {asked->list && asked->compare, "list and compare"},
        {asked->list && asked->skip_nan, "list and skip_nan"},
        {asked->compare && asked->serial, "compare and serial"},
        {asked->compare && asked->journal, "compare and journal"},
        {asked->compare && asked->next_job, "compare and next_job"},
        {asked->serial && asked->threads > 1, "serial and several threads"},
    };
    if (asked->first > 0 && !asked->list && !asked->term_file)
        return error_set(STATUS_USAGE, "first goes with list; give a list, or leave first out");
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (pairs[k].both)
            return error_set(STATUS_USAGE, "%s do not go together; give one of the two",
                             pairs[k].names);
    return STATUS_OK;
}

static enum status take_way(struct task_spec *spec, const struct parsum_task *asked)
{
    if (asked->grain < 0 || !(asked->max_seconds >= 0))
        return error_set(STATUS_USAGE, "grain or max_seconds is less than 0");
    spec->threads = asked->serial ? 1 : (int)parallel_threads(asked->threads);
    spec->serial = asked->serial || spec->threads == 1;
    spec->grain = asked->whole_jobs ? GRAIN_JOB : (uint64_t)asked->grain;
    spec->compare = asked->compare;
    spec->journal = asked->journal;
    if (asked->max_seconds > 0)
        spec->stop_ns = clock_ns() + (uint64_t)(1e9 * fmin(asked->max_seconds, HUGE_SECONDS));
    return STATUS_OK;
}

enum status task_make(struct task_spec *spec, struct task_room *room,
                      const struct parsum_task *asked)
{
    *spec = (struct task_spec){.threads = 1};
    *room = (struct task_room){.asked = asked};
    enum status status = check_pairs(asked);
    if (!status)
        status = take_way(spec, asked);
    if (!status)
        status = take_results(spec, asked);
    if (!status)
        status = take_term(spec, room);
    if (!status)
        status = take_arrays(spec, room);
    return status ? status : take_jobs(spec, room);
}

void task_room_free(struct task_room *room)
{
    free(room->columns);
    free(room->arrays);
}
