#include "parsum_result.h"

#include "task/task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "out of memory for the results; take them row by row";

struct parsum_result *result_new(const struct term *term)
{
    size_t count;
    struct parsum_result *const result = calloc(1, sizeof *result);
    const struct results *const results = task_results(term, &count);
    if (result) {
        result->results = results;
        result->count = count;
        result->slots = results_slots(results);
        result->kinds = calloc(count + 1, sizeof *result->kinds);
        result->names = calloc(count + 1, sizeof *result->names);
        result->totals = calloc(count + 1, sizeof *result->totals);
        result->arrays = calloc(count + 1, sizeof *result->arrays);
    }
    if (!result || !result->kinds || !result->names || !result->totals || !result->arrays) {
        error_set(STATUS_FAILED, no_memory);
        parsum_result_free(result);
        return NULL;
    }
    for (size_t k = 0; k < count; k++)
        result->kinds[k] = term->find ? term->hit_kind : results->result[k].kind;
    return result;
}

void parsum_result_free(struct parsum_result *result)
{
    if (!result)
        return;
    for (size_t k = 0; result->arrays && k < result->count; k++)
        free(result->arrays[k]);
    free(result->arrays);
    free(result->kinds);
    free(result->names);
    free(result->totals);
    free(result->numbers);
    free(result->ranges);
    free(result->at);
    free(result->values);
    free(result);
}

struct parsum_value result_value(enum exact_kind kind, union value value)
{
    if (kind == EXACT_REAL)
        return (struct parsum_value){.kind = PARSUM_REAL, .real = value.real};
    const bool natural = kind == EXACT_NATURAL;
    return (struct parsum_value){
        .kind = natural ? PARSUM_NATURAL : PARSUM_INTEGER,
        .real = natural ? (double)(uint128)value.integer : (double)value.integer,
        .low = (uint64_t)value.integer,
        .high = (int64_t)(value.integer >> 64),
    };
}

void result_values(const struct results *results, size_t count, const union value *from,
                   struct parsum_value *values)
{
    for (size_t k = 0; k < count; k++)
        values[k] = results_is_empty(results, from, k)
                        ? (struct parsum_value){.kind = PARSUM_NONE, .real = (double)NAN}
                        : result_value(results->result[k].kind, from[k]);
}

/* Twice the room of one of the arrays of rows. */
static bool grow(void *array, size_t room, size_t size)
{
    void *at;
    memcpy(&at, array, sizeof at);
    void *const grown = reallocarray(at, room, size);
    if (grown)
        memcpy(array, &grown, sizeof grown);
    return grown;
}

bool result_add(struct parsum_result *result, const struct belongs *belongs,
                const struct parsum_value *values)
{
    const size_t room = result->room ? 2 * result->room : 64, count = result->count;
    if (result->rows == result->room) {
        if (!grow(&result->numbers, room, sizeof *result->numbers) ||
            !grow(&result->ranges, room, sizeof *result->ranges) ||
            !grow(&result->at, room, sizeof *result->at) ||
            !grow(&result->values, room, count * sizeof *result->values))
            return false;
        result->room = room;
    }
    const size_t row = result->rows++;
    result->numbers[row] = belongs->number;
    result->ranges[row] = belongs->range;
    result->at[row] = belongs->at;
    memcpy(&result->values[row * count], values, count * sizeof *values);
    return true;
}

/* Does the integer fit? */
static bool is_int64(const struct parsum_value *value)
{
    return value->kind == PARSUM_INTEGER && value->high == (int64_t)value->low >> 63;
}

/* Result k of all rows as an array; of integers that do not fit there is none. */
static bool make_array(struct parsum_result *result, size_t k)
{
    const bool real = result->kinds[k] == EXACT_REAL;
    union number *const array = malloc((result->rows + 1) * sizeof *array);
    if (!array)
        return false;
    bool fit = true;
    for (size_t row = 0; row < result->rows; row++) {
        const struct parsum_value *const value = &result->values[row * result->count + k];
        if (real)
            array[row].real = value->real;
        else
            array[row].integer = (int64_t)value->low;
        fit &= real || is_int64(value);
    }
    if (fit)
        result->arrays[k] = array;
    else
        free(array);
    return true;
}

enum status result_end(struct parsum_result *result)
{
    result->results = NULL;
    for (size_t k = 0; k < result->count; k++)
        if (!make_array(result, k))
            return error_set(STATUS_FAILED, no_memory);
    return STATUS_OK;
}

size_t parsum_result_count(const struct parsum_result *result)
{
    return result->count;
}

const char *parsum_result_name(const struct parsum_result *result, size_t k)
{
    return result->names[k];
}

struct parsum_value parsum_result_total(const struct parsum_result *result, size_t k)
{
    return result->totals[k];
}

size_t parsum_result_rows(const struct parsum_result *result)
{
    return result->rows;
}

struct parsum_value parsum_result_value(const struct parsum_result *result, size_t row, size_t k)
{
    return result->values[row * result->count + k];
}

const double *parsum_result_reals(const struct parsum_result *result, size_t k)
{
    return result->kinds[k] == EXACT_REAL ? result->arrays[k] : NULL;
}

const int64_t *parsum_result_integers(const struct parsum_result *result, size_t k)
{
    return result->kinds[k] == EXACT_REAL ? NULL : result->arrays[k];
}

const uint64_t *parsum_result_numbers(const struct parsum_result *result)
{
    return result->numbers;
}

const struct parsum_job *parsum_result_jobs(const struct parsum_result *result)
{
    return result->ranges;
}

const int64_t *parsum_result_at(const struct parsum_result *result)
{
    return result->at;
}

struct parsum_summary parsum_result_summary(const struct parsum_result *result)
{
    return result->summary;
}

size_t parsum_value_print(const struct parsum_value *value, char text[PARSUM_VALUE_TEXT])
{
    const enum exact_kind kind = value->kind == PARSUM_REAL      ? EXACT_REAL
                                 : value->kind == PARSUM_NATURAL ? EXACT_NATURAL
                                                                 : EXACT_INTEGER;
    union value own;
    *text = '\0';
    if (value->kind == PARSUM_NONE)
        return 0;
    if (kind == EXACT_REAL)
        own.real = value->real;
    else
        own.integer = (int128)((uint128)(uint64_t)value->high << 64 | value->low);
    return (size_t)(exact_print(kind, own, text) - text);
}
