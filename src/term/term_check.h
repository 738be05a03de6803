/* term_check: can a compiled or saved term do what is wanted of it? Belongs to term. */
#ifndef PARSUM_TERM_CHECK_H
#define PARSUM_TERM_CHECK_H

#include "base/error.h"
#include "term/inside/term_abi.h"
#include "term/spec.h"

/* STATUS_USAGE if a value is of a type that can't be summed, or the term was made for another use.
 */
enum status term_check(const struct term_module *module, const struct term_spec *spec) MUST_CHECK;

#endif
