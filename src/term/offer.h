/*
 * offer: parsum's own functions, which a term has by their plain names.
 *
 * `gcd` in a term means parsum_gcd of term/inside, by a macro that a header of its own defines
 * (OFFER_FILE), which the term's C file includes before the user's text. The header has only what
 * the user's text speaks of, so that nothing else costs the compiler time, and leaves out what that
 * text declares or defines itself: a user's own function, variable, macro or enumerator of such a
 * name is the user's, in all of the term.
 *
 * Whether a file declares a name, in its own lines, by a macro, or in a header that it includes, is
 * seen in the text that the preprocessor makes of it. The names of constants, columns and lets
 * (values.h) are macros that come later, and win without being looked for.
 *
 * Pure functions; thread-safe.
 */
#ifndef PARSUM_OFFER_H
#define PARSUM_OFFER_H

#include "term/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the header is called. */
#define OFFER_FILE "term_offer.h"

/* A set of the names; of what offer_missing finds, also with this one. */
typedef uint64_t offer_set;
#define OFFER_APART ((offer_set)1 << 63)

/* Those that C text mentions. */
offer_set offer_mentioned(const char *text);

/* Those that the expressions and constants of a term mention. */
offer_set offer_wanted(const struct term_spec *spec);

/* Is one of them a mathematical function, which the C library has, too? */
bool offer_has_mathematics(offer_set names);

/*
 * Of a term's C file, as the preprocessor prints it with its macros (-E -dD): the names that are
 * mentioned outside of system headers, and that no file declares at its top level. With OFFER_APART
 * where a pragma or an attribute lets GCC optimise functions of the user's in another way: as
 * with "Ofast", arithmetic of parsum's functions would be changed if they became part of them.
 */
offer_set offer_missing(const char *preprocessed);

/* The text of the header that offers a set of names. The caller frees it; NULL: out of memory. */
char *offer_header(offer_set names);

#endif
