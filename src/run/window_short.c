#include "run/window_short.h"

#include "base/activity.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* The first job, from j on, that does not fit with those before it, or `end`. */
static size_t find_end(const struct window *window, size_t j, size_t end)
{
    const uint64_t *const begin = window->begin;
    size_t last = j;
    while (last < end && last - j < LISTS_MOST && begin[last + 1] - begin[j] <= TERM_SHORT)
        last++;
    return last;
}

/* The first job, from j on, whose integers do not follow those before it, or to which the term is
   not alike. */
static size_t find_break(const struct window *window, const struct term *term, size_t j, size_t end)
{
    const struct job *const jobs = window->jobs;
    size_t next = j + 1;
    if (term->alike && jobs[j].start <= jobs[j].end)
        while (next < end && jobs[next].start == jobs[next - 1].end &&
               jobs[next].start <= jobs[next].end)
            next++;
    return next;
}

/* Evaluates the terms of jobs[j] to jobs[next - 1], whose integers follow each other. */
static bool evaluate(const struct window *window, const struct term *term, size_t j, size_t next,
                     double *x)
{
    const int64_t start = window->jobs[j].start, end = window->jobs[next - 1].end;
    const struct row *const row = window->jobs[j].row;
    const uint64_t number = window->run_base + j;
    const struct term_job job = {(int64_t)number,
                                 row ? (const union term_number *)row->numbers : NULL};
    struct fault fault;
    if (start >= end)
        return true;
    bool evaluated;
    activity_enter(number, window->run_base + next - 1, start, end);
    pthread_cleanup_push(activity_ended, NULL);
    evaluated = term->evaluate(term->context, &job, start, end, x, &fault);
    pthread_cleanup_pop(0);
    activity_leave();
    return evaluated;
}

/*
 * The terms of jobs[j] to jobs[last - 1], if they lie one after the other in an array, and there
 * alone; else NULL.
 */
static const double *find_elements(const struct window *window, const struct term *term, size_t j,
                                   size_t last)
{
    const int64_t start = window->jobs[j].start, end = window->jobs[last - 1].end;
    return term->elements && start >= 0 && start <= end &&
                   end <= term->element_count - LISTS_ROOM &&
                   find_break(window, term, j, last) == last
               ? term->elements + start
               : NULL;
}

/* False if a sum is infinite. */
static bool keep_sums(struct window *window, size_t j, size_t end, const double *sums)
{
    bool finite = true;
    for (; j < end; j++, sums++) {
        window_values(window, j)->real = *sums;
        finite &= isfinite(*sums) != 0;
    }
    return finite;
}

size_t window_add_short(struct window *window, size_t j, size_t end, const struct term *term,
                        struct lists *lists, struct sums *whole)
{
    double x[TERM_SHORT + LISTS_ROOM], sums[LISTS_MOST];
    const uint64_t *const begin = window->begin;
    const size_t last = term->evaluate && !window->late ? find_end(window, j, end) : j;
    if (last == j)
        return j;
    const double *const elements = find_elements(window, term, j, last);
    for (size_t now = elements ? last : j, next; now < last; now = next) {
        next = find_break(window, term, now, last);
        if (!evaluate(window, term, now, next, x + (begin[now] - begin[j])))
            return j;
    }
    if (!elements)
        memset(x + (begin[last] - begin[j]), 0, LISTS_ROOM * sizeof *x);
    /* The file of an array may have become shorter. */
    activity_enter(window->run_base + j, window->run_base + last - 1, window->jobs[j].start,
                   window->jobs[last - 1].end);
    const bool added =
        lists_add(lists, elements ? elements : x, begin + j, last - j, sums, sums_real(whole));
    activity_leave();
    return added && keep_sums(window, j, last, sums) ? last : j;
}
