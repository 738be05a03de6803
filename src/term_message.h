/* term_message: what a compiler says of a term, told in the words of the user's text. */
#ifndef PARSUM_TERM_MESSAGE_H
#define PARSUM_TERM_MESSAGE_H

#include "diag.h"
#include "term.h"

/*
 * Reports that the term does not compile: the user's expression or file, and what `messages`, which
 * is overwritten, says of it, without generated code. `directory` holds the generated files, `path`
 * is the absolute path of the term's file. Returns STATUS_USAGE.
 */
enum status term_message_error(const struct term_spec *spec, const char *directory,
                               const char *path, char *messages);

/*
 * Looks through the messages of a compilation that succeeded for a constant that the user's file
 * defines anew, so that the one given has no effect, and for one that overflows and need not wrap:
 * STATUS_USAGE, with a message.
 */
enum status term_message_check(const struct term_spec *spec, const char *messages) MUST_CHECK;

/*
 * Looks through what GCC has made of the term's functions (-fdump-tree-original) for a constant
 * that has overflowed: STATUS_USAGE, with a message.
 */
enum status term_message_folded(const struct term_spec *spec, const char *functions) MUST_CHECK;

#endif
