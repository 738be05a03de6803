/* term_message: what a compiler says of a term, told in the words of the user's text. */
#ifndef PARSUM_TERM_MESSAGE_H
#define PARSUM_TERM_MESSAGE_H

#include "base/error.h"
#include "term/spec.h"

#include <stdbool.h>

/*
 * Reports that the term does not compile: the user's expression or file, and what the compiler has
 * said of it (`text`, which is overwritten), without generated code. `directory` holds the
 * generated files, `path` is the absolute path of the term's file. Returns STATUS_USAGE.
 */
enum status term_message_error(const struct term_spec *spec, const char *directory,
                               const char *path, char *text);

/*
 * Some of GCC's warnings are errors here, and no option makes them such: of an integer that no type
 * of C's holds; and of constants that overflow, since its option is also that of constants that are
 * merely cut, which C allows. Is there such a warning? Then `text` calls it an error. Constants may
 * overflow if signed integers wrap around.
 */
bool term_message_refuse(char *text, bool wrap);

/*
 * Notes what C allows and may not be meant: a wide integer that is cut to a narrower type, and an
 * exclusive or in an expression that looks like a power. Once each; overwrites `text`.
 */
void term_message_note(const struct term_spec *spec, const char *path, char *text);

#endif
