/*
 * term_source: the C file that is made of the user's term.
 *
 * Its outline: what a term may count on (term_before.h), the constants, an #include of the user's
 * file, the expressions (values.h), the constants undone, and the loops (term_after.h). Line
 * markers make the compiler name the user's text in its messages, and the names below where
 * something about the whole is wrong.
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_TERM_SOURCE_H
#define PARSUM_TERM_SOURCE_H

#include "base/error.h"
#include "term/spec.h"

#include <stddef.h>

/* What the compiler calls places where the user's file can be at fault. */
#define TERM_SOURCE_MISSING "no-function-term"
#define TERM_SOURCE_PARAMETER "parameter-of-term"
#define TERM_SOURCE_NOT_C "#error a term is C" /* in term_before.h */
#define TERM_SOURCE_FORMULA "formula-"         /* with the number of a constant */
#define TERM_SOURCE_CONSTANT "constant-"       /* likewise */

/*
 * Makes the C file; the caller frees *text. `path` is the absolute path of the term's file, unused
 * for an expression. A constant that is none is STATUS_USAGE.
 */
enum status term_source_make(const struct term_spec *spec, const char *path, char **text,
                             size_t *length) MUST_CHECK;

/*
 * The term for people: the expressions or file name with lets and constants, "i*N with N=3". The
 * caller frees it; NULL if memory is short.
 */
char *term_source_describe(const struct term_spec *spec);

/*
 * A number that tells the term from others: of the expression, or of what is in the file, wherever
 * that lies; of the constants; of whether it wraps around,
 * and has mathematical functions of parsum's. Not of other files that it includes.
 */
enum status term_source_digest(const struct term_spec *spec, uint64_t *digest) MUST_CHECK;

#endif
