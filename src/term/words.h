/*
 * words: C text, word by word. Pure functions; thread-safe.
 */
#ifndef PARSUM_WORDS_H
#define PARSUM_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* May it stand in a name? */
bool words_letter(char c);

/* How many letters the word has that begins at `at`; 0: none does. A number is one, too. */
size_t words_length(const char *at);

/* Where the comment, string or character ends that begins at `at`; `at` if none does. */
const char *words_skip(const char *at);

#endif
