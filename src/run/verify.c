#include "run/verify.h"

#include "term/kernel.h"

#include <inttypes.h>
#include <stdio.h>

/* It may be one integer or all: whoever wrote the term knows. */
#define LEAVE_OUT "leave that integer out, or change the term"

/* A dimension of an array of the user's data: how many indexes it has, and what they are called. */
static int64_t indexes_of(const struct term_array *array, bool column, const char **what)
{
    *what = column ? "columns" : array->columns > 0 ? "rows" : "indexes";
    return column ? array->columns : array->n;
}

/* The array of the user's data that lacks an index, by its name. */
static SELDOM enum status tell_array(const struct term *term, uint64_t number, struct job job,
                                     struct term_place at)
{
    const struct term_array *const array = &term->arrays[at.array - 1];
    const char *what;
    const int64_t n = indexes_of(array, at.column, &what);
    return error_set(STATUS_FAILED,
                     "job %" PRIu64 " [%" PRId64 ", %" PRId64 "): %s has %s [0, %" PRId64
                     "), and the term uses %" PRId64 " at i = %" PRId64 "; " LEAVE_OUT,
                     number, job.start, job.end, array->name, what, n, at.index, at.i);
}

/*
 * In a file the compilers do not tell which array lacks the index: "x, which has indexes [0, 9), "
 * and so on, all that may be. Empty: it is none of the data.
 */
static SELDOM void print_candidates(const struct term *term, int64_t index, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (const struct term_array *array = term->arrays; array && array->name; array++)
        for (int column = 0; column < (array->columns > 0 ? 2 : 1); column++) {
            const char *what;
            const int64_t n = indexes_of(array, column, &what);
            if (used < room && (index < 0 || index >= n))
                used +=
                    (size_t)snprintf(text + used, room - used,
                                     "%s, which has %s [0, %" PRId64 "), ", array->name, what, n);
        }
}

static SELDOM enum status tell_index(const struct term *term, uint64_t number, struct job job,
                                     struct term_place at)
{
    char candidates[512];
    print_candidates(term, at.index, candidates, sizeof candidates);
    return error_set(STATUS_FAILED,
                     "job %" PRIu64 " [%" PRId64 ", %" PRId64 "): the term uses the index %" PRId64
                     " at i = %" PRId64 " of %s%s; " LEAVE_OUT,
                     number, job.start, job.end, at.index, at.i, candidates,
                     *candidates ? "or of an array of its own" : "an array that does not have it");
}

enum status verify_fault(const struct window *window, const struct term *term,
                         const struct chunk_fault *fault)
{
    static const struct {
        const char *what, *remedy;
    } words[] = {
        [TERM_OVERFLOW] = {"a signed integer overflows in the term",
                           "compute it in (__int128), or ask for --wrap"},
        [TERM_SHIFT] = {"the term shifts by more bits than there are, or by a negative number",
                        "shift an (int64_t) or (__int128), by less"},
        [TERM_CONVERSION] = {"the term converts a real to an integer that can't hold it",
                             "take a wider integer, or none"},
        [TERM_DIVISION] = {"the term divides an integer by zero (SIGFPE)", LEAVE_OUT},
        [TERM_BUILTIN] = {"the term asks __builtin_clz or __builtin_ctz for the zeros of 0",
                          LEAVE_OUT},
        [TERM_DOMAIN] = {"the term asks gcd, isqrt, mulmod, powmod or random_below for what has no "
                         "value",
                         LEAVE_OUT},
        [TERM_PRODUCT] =
            {"the term has a product(a, b) that is too small, below 2^-968, or too large "
             "to be added unrounded",
             "scale a factor"},
        [TERM_INFINITE] = {"the term is infinite", LEAVE_OUT},
        [TERM_NAN] = {"the term is not a number (NaN)",
                      "leave that integer out, change the term, or ask for --skip-nan"},
        [TERM_MODES] =
            {"the term has changed how floating-point numbers are rounded, there or later",
             "let it set that back before it returns"},
    };
    if (fault->fault.kind == TERM_FINE)
        return STATUS_OK;
    const struct job job = window->jobs[fault->job];
    const uint64_t number = window->run_base + fault->job;
    if (fault->fault.kind == TERM_SUM)
        return error_set(STATUS_FAILED,
                         "job %" PRIu64 " [%" PRId64 ", %" PRId64
                         "): %s is too large for its type; make the terms smaller",
                         number, job.start, job.end,
                         window->results->terms == RESULTS_NONE ? "its sum" : "a result of it");
    if (fault->fault.kind == TERM_KEYS || fault->fault.kind == TERM_MEMORY)
        return error_set(STATUS_FAILED,
                         fault->fault.kind == TERM_KEYS
                             ? "there are more keys (--by) than --max-keys; allow more, or make "
                               "fewer keys"
                             : "memory is short for so many keys (--by) or hits (--list); "
                               "make fewer keys, or take fewer threads");
    if (fault->fault.kind == TERM_BOUNDS)
        return (fault->fault.at.array ? tell_array : tell_index)(term, number, job,
                                                                 fault->fault.at);
    return error_set(STATUS_FAILED,
                     "job %" PRIu64 " [%" PRId64 ", %" PRId64 "): %s at i = %" PRId64 "; %s",
                     number, job.start, job.end, words[fault->fault.kind].what, fault->fault.at.i,
                     words[fault->fault.kind].remedy);
}

/* What follows a sum that arithmetic does not confirm. */
#define REMEDY "this machine or this build computes wrong, try --serial and another machine"

static void print(int128 integer, char text[EXACT_TEXT])
{
    exact_print(EXACT_INTEGER, (union value){.integer = integer}, text);
}

static SELDOM enum status tell_job(uint64_t number, struct job job, int128 sum, int128 expected)
{
    char is[EXACT_TEXT], must[EXACT_TEXT];
    print(sum, is);
    print(expected, must);
    return error_set(STATUS_UNVERIFIED,
                     "job %" PRIu64 " [%" PRId64 ", %" PRId64
                     "): the sum came out as %s, but by arithmetic it is %s; " REMEDY,
                     number, job.start, job.end, is, must);
}

enum status verify_jobs(uint64_t number, const struct job *jobs, const union value *sums,
                        size_t *count, int128 *expected_total)
{
    int128 total = *expected_total, expected = 0;
    size_t k = 0;
    for (; k < *count; k++) {
        expected = kernel_expected(jobs[k].start, jobs[k].end);
        total += expected;
        if (sums[k].integer != expected)
            break;
    }
    *expected_total = total;
    if (k == *count)
        return STATUS_OK;
    *count = k;
    return tell_job(number + k, jobs[k], sums[k].integer, expected);
}

enum status verify_so_far(struct job job, union value sum, int128 *expected_total)
{
    *expected_total += kernel_expected(job.start, job.end);
    return verify_total(sum.integer, *expected_total);
}

enum status verify_total(int128 total, int128 expected)
{
    if (total == expected)
        return STATUS_OK;
    char is[EXACT_TEXT], must[EXACT_TEXT];
    print(total, is);
    print(expected, must);
    return error_set(STATUS_UNVERIFIED,
                     "the total came out as %s, but by arithmetic it is %s; " REMEDY, is, must);
}
