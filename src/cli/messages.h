/*
 * messages: standard error. The only writer of it, but for signals, when the program is ended.
 *
 * One thread: the one that the program began with.
 */
#ifndef PARSUM_MESSAGES_H
#define PARSUM_MESSAGES_H

#include "base/error.h"

/* Begins to tell the notes of all rooms. */
void messages_begin(void);

/* From now on nothing is told: one process of several speaks for all. */
void messages_hold(void);

/* Writes "parsum: TEXT\n". */
void messages_tell(const char *text);

/* The same for the error of this thread, once; nothing if there is none. */
void messages_tell_error(void);

/* Room for a line that messages_show shows. */
enum { MESSAGES_LINE = 512 };

/*
 * Shows `line` (one terminal line, no newline) in place of the one shown before; NULL takes it
 * away. A message in between moves it out of the way.
 */
void messages_show(const char *line);

#endif
