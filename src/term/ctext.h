/*
 * ctext: what C text speaks of, without a compiler.
 *
 * A word is a name of C, or a number; what is part of a longer word does not count.
 *
 * Pure functions, but for the last one; thread-safe.
 */
#ifndef PARSUM_CTEXT_H
#define PARSUM_CTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* May the character be part of a word? */
bool ctext_is_letter(char c);

/* How long is the word at `at`? 0: there is none. */
size_t ctext_word(const char *at);

/* Is the word anywhere in the text? In comments and strings, too. */
bool ctext_mentions(const char *text, const char *name, size_t length);

/* What comes after the comment, string or character at `at`; `at` itself if there is none. */
const char *ctext_skip(const char *at);

/* Does the text define, outside of braces, a function of that name? */
bool ctext_defines(const char *text, const char *name);

/* Does the text include a file by its name in quotes, or, with `any`, in whatever way? */
bool ctext_includes(const char *text, bool any);

/* What is in a file, but for what follows a NUL. The caller frees it; NULL if it can't be read,
   or is no ordinary file. */
char *ctext_read(const char *path);

#endif
