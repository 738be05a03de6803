/*
 * signals_grace: ends the program where a stop was asked for and the work in hand does not end.
 */
#ifndef PARSUM_SIGNALS_GRACE_H
#define PARSUM_SIGNALS_GRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Is signals_write at work? Then a reader is waited for, else a term. */
extern atomic_bool signals_writing;

/* Was a stop asked for, by a signal or since the time is over? */
extern atomic_bool signals_in_grace;

/* Makes the timer. */
void signals_grace_install(void);

/* From now on the work in hand has its grace. For signal handlers. */
void signals_grace_begin(void);

/* Writes what is read at once. A failure is ignored: there is nobody left to tell. For signal
   handlers. */
void signals_say(int fd, const char *text, size_t length);

/* The last words (signals.h) around a line that tells what has ended the program. For signal
   handlers. */
void signals_say_last_words(bool stopped, const char *line, size_t length);

#endif
