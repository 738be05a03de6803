/*
 * name: names that users give to columns, constants and values, and that C text is made of.
 *
 * Pure functions; thread-safe.
 */
#ifndef PARSUM_NAME_H
#define PARSUM_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* The longest name, in bytes. */
enum { NAME_MAX_LENGTH = 63 };

/*
 * Why name[0] to name[length-1] can't be such a name, as the end of a sentence: "is not a name;
 * take letters, digits and _"; NULL if it can. C identifiers are names, but for those with __,
 * words of C, and what the generated C text calls its own things.
 */
const char *name_fault(const char *name, size_t length);

/* Is name[0] to name[length-1] that word? */
bool name_is(const char *name, size_t length, const char *word);

#endif
