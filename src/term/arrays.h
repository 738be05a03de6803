/*
 * arrays: the arrays that a term reads, as C text.
 *
 * The expressions of a term see an array NAME as NAME[i], or NAME[i][j], and its sizes as NAME_n,
 * NAME_rows and NAME_cols. There NAME[E] becomes a call of a function that looks at the index, as
 * long as nobody has proved that it need not. NAME alone is a pointer to the first element.
 * Functions of a file see the same names, where the file has NAME[ somewhere; there the compiler's
 * own checks look at the index.
 *
 * Pure functions on memory of the caller; thread-safe.
 */
#ifndef PARSUM_TERM_ARRAYS_H
#define PARSUM_TERM_ARRAYS_H

#include "base/error.h"
#include "term/spec.h"

#include <stddef.h>
#include <stdio.h>

/* Finds out how far the integers of a run lie in the arrays, for the text below. */
void arrays_reach(struct term_spec *spec, struct term_range range);

/* Is it the name of an array, or of one of its sizes? */
bool arrays_have(const struct term_spec *spec, const char *name, size_t length);

/* Are the names of the arrays distinct, and no column's? */
enum status arrays_check(const struct term_spec *spec) MUST_CHECK;

/* The members of a struct parsum_job, what they are set to, and what is known of them. */
void arrays_write_members(FILE *out, const struct term_spec *spec);
void arrays_write_setting(FILE *out, const struct term_spec *spec);
void arrays_write_reach(FILE *out, const struct term_spec *spec);

/* What the loops should ask of memory before they read it: arrays that are read from end to end. */
void arrays_write_fetch(FILE *out, const struct term_spec *spec);

/* The types and functions of the arrays, and the table of them. */
void arrays_write(FILE *out, const struct term_spec *spec);

/* The names as the user's file has them, if it does, and these names undone. */
void arrays_write_for_file(FILE *out, const struct term_spec *spec, const char *text, bool define);

/* The names for the expressions, with `define`, or undone. */
void arrays_write_names(FILE *out, const struct term_spec *spec, bool define);

/* What these names stand for while the expressions are evaluated. */
void arrays_write_locals(FILE *out, const struct term_spec *spec);

/* An expression, with calls in place of NAME[E]. */
void arrays_write_expression(FILE *out, const struct term_spec *spec, const char *text);

/* Which column of the expression is column `column` of its row `row` as written, all from 1. */
long arrays_column(const struct term_spec *spec, const char *text, long row, long column);

#endif
