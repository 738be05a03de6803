/*
 * signals: the only room that catches signals.
 *
 * Handlers set flags, which the run looks at between chunks and between rounds. These end the
 * program at once: a second signal, a term that does not come back after a stop, a crash of the
 * term.
 */
#ifndef PARSUM_SIGNALS_H
#define PARSUM_SIGNALS_H

#include "base/control.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Seconds that the work in hand has after a stop. Then the program ends without it. */
enum { SIGNALS_GRACE = 10 };

/* Catches SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR2 and SIGUSR1; ignores SIGPIPE and SIGXFSZ, so
   that a failed write is an error like any other; no longer ignores SIGCHLD, should whoever started
   the program do so. A second signal ends the program at once, unless it comes with the first. */
void signals_install(void);

/*
 * The time is over at `end_ns` (clock_ns); 0: never. The work in hand then has its grace, as after
 * a signal. If it does not end, the program does: with one line on standard error, by the signal
 * that stopped it or with exit status `status`. Is there a journal to go on from? One thread.
 */
void signals_limit(uint64_t end_ns, int status, bool journal);

/* For tests: another grace. */
void signals_set_grace(unsigned seconds);

/* What signals ask of the run: its `stop` is the number of a signal. */
struct control *signals_control(void);

/* The signal that asked the run to stop, or 0. Thread-safe. */
int signals_stop(void);

/* Its name, "SIGTERM". */
const char *signals_name(int number);

/* Has the run stop as if SIGPIPE had arrived: nobody reads standard output any longer. */
void signals_reader_left(void);
bool signals_has_reader(void);

/*
 * Writes to a pipe, a terminal or a file, however slow its reader and whether or not O_NONBLOCK is
 * set. Returns the bytes written: fewer than `length` after an error (errno), which is EINTR if a
 * stop was asked for and the reader has taken nothing for a second. One thread.
 */
size_t signals_write(int fd, const char *bytes, size_t length);

/* Has a write ended so? Then no other waits for its reader any longer. */
bool signals_gave_up(void);

/* A stream that writes to fd in this way, and closes it; NULL if memory is short. */
FILE *signals_stream(int fd);

/* While a FIFO that is to be written has no reader: waits a moment. False, with errno EINTR, if a
   stop has ended that wait. */
bool signals_await_reader(void);

/* Dies by signal `number` as if it had never been caught. */
_Noreturn void signals_die(int number);

/*
 * Watches over the user's term (activity). A crash in it (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT)
 * is told in one line, and the program dies by that signal; so does a crash in a thread that the
 * term has started, if less is known then. A term that calls exit, ends its thread, or goes on in a
 * second process, ends the program with a line and exit status 1.
 */
void signals_watch_terms(void);

/*
 * Memory that is a file: where the file has become shorter since, reading it raises SIGBUS. The
 * program then ends with the line, which has its newline, and exit status 1. The files must stay
 * until the next call; count 0: there are none.
 */
struct signals_mapped {
    const char *begin;
    size_t size;
    const char *line;
};
void signals_watch_mapped(const struct signals_mapped *files, size_t count);

/*
 * What standard output gets around the line that tells of it when a term ends the program, or does
 * not come back after a stop; nothing where that is NULL. The strings must stay. Not while the term
 * is running.
 */
struct signals_last_words {
    const char *before_crash, *before_stop, *after;
};
void signals_last_words(const struct signals_last_words *words);

#endif
