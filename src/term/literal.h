/* term_literal: integer literals that C does not have, which GCC cuts to 64 bits with a warning
   that has no option. */
#ifndef PARSUM_TERM_LITERAL_H
#define PARSUM_TERM_LITERAL_H

#include <stddef.h>

/*
 * The first integer literal in the C text that no type of C's holds: beyond 2^64-1, or a decimal
 * one beyond 2^63-1 without a u. Returns where it stands and its *length, or NULL. Comments,
 * strings and what a preprocessor leaves out or pastes are not understood, but for the first two.
 * Pure.
 */
const char *term_literal_find(const char *text, size_t *length);

#endif
