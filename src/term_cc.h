/*
 * term_cc: a term that the user wrote, compiled (term_build) and loaded (term_library), as a
 * struct term.
 */
#ifndef PARSUM_TERM_CC_H
#define PARSUM_TERM_CC_H

#include "diag.h"
#include "term.h"
#include "term_build.h"
#include "term_source.h"

struct term_cc;

/*
 * Compiles the term, or loads the saved one, and makes *term, which may be used until
 * term_cc_close, for integers of the range. A term that does not compile, or is of a type that
 * cannot be summed, is STATUS_USAGE; all failures have their message, but for STATUS_STOPPED, which
 * a signal asked for. Not thread-safe; *term is.
 */
enum status term_cc_open(struct term_cc **compiled, const struct term_spec *spec,
                         struct term_range range, struct term *term) MUST_CHECK;

/* Unloads the term; NULL is allowed. */
void term_cc_close(struct term_cc *compiled);

#endif
