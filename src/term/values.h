/*
 * values: the expressions of a term, and the C text that evaluates them at one integer.
 *
 * A term has one or more values, EXPR or NAME=EXPR, and lets, NAME=EXPR, which are computed before
 * them. Both see i, the run number, columns of the job, and earlier lets. The C text has macros for
 * these names, so that they may hide functions of the C library such as gamma.
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_TERM_VALUES_H
#define PARSUM_TERM_VALUES_H

#include "base/error.h"
#include "term/spec.h"

#include <stddef.h>
#include <stdio.h>

/* What the compiler calls an expression in its messages, followed by its number. */
#define VALUES_VALUE "--term-"
#define VALUES_LET "--let-"

/* "NAME=EXPR", or "EXPR", whose name is empty. */
struct named {
    const char *name;
    size_t length; /* of the name */
    const char *text;
};
struct named named_of(const char *text);

/* Are the names of values, lets, constants and columns good, and all distinct? */
enum status values_check(const struct term_spec *spec) MUST_CHECK;

/* Where NaN are skipped: makes 0 of them, and the last value of their number. */
void values_write_skips(FILE *out, const struct term_spec *spec);

/* How many values the term has, with the number of skipped ones, and what C calls value k:
 * "parsum_type_K". */
size_t values_count(const struct term_spec *spec);

/* Do they speak of the job: its run number, its columns? */
bool values_have_job(const struct term_spec *spec);

/* What the loops need to know of the values and of a job before they are compiled. */
void values_write_job(FILE *out, const struct term_spec *spec);

/* The types of the values, and the function that evaluates them. */
void values_write(FILE *out, const struct term_spec *spec);

#endif
