/*
 * signals: the only file that knows signals.
 *
 * Handlers set flags, which the run looks at between chunks and between rounds. These end the
 * program at once: a second signal, a term that does not come back after a stop, a crash of the
 * term.
 */
#ifndef PARSUM_SIGNALS_H
#define PARSUM_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

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

/* The signal that asked the run to stop, or 0. Thread-safe. */
int signals_stop(void);

/* Its name, "SIGTERM". */
const char *signals_name(int number);

/* Has the run stop as if signal `number` had arrived: it did so in another process of the run. */
void signals_adopt(int number);

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

/* Has SIGUSR1 come: does somebody want a checkpoint and a progress line? Thread-safe. */
bool signals_checkpoint(void);

/* The same, once after each SIGUSR1. */
bool signals_take_checkpoint(void);

/* Dies by signal `number` as if it had never been caught. */
_Noreturn void signals_die(int number);

/*
 * Around a call of the user's term, for integers of [start, end) of job `number`, from 1; or, with
 * a `number` of 0, around what loads it and so runs its constructors. A crash in between (SIGSEGV,
 * SIGBUS, SIGFPE, SIGILL, SIGABRT) is told in one line, and the program dies by that signal. So
 * does a crash in a thread that the term has started, if less is known then. A term that calls
 * exit, or goes on in a second process, ends the program likewise, with exit status 1. Thread-safe.
 */
void signals_enter_term(uint64_t number, int64_t start, int64_t end);
void signals_leave_term(void);

/*
 * What standard output gets around the line that tells of it when a term ends the program, or does
 * not come back after a stop; nothing where that is NULL. The strings must stay. Not while the term
 * is running.
 */
struct signals_last_words {
    const char *before_crash, *before_stop, *after;
};
void signals_last_words(const struct signals_last_words *words);

/* For pthread_cleanup_push, in between: a term that ends its thread ends the program in the same
   way, as the run would wait for that thread for ever. */
void signals_thread_ends(void *unused);

/*
 * Holds all signals back, until signals_release, that could end or stop the program. For short
 * stretches in which there is something to clean up. One thread.
 */
void signals_hold(void);
void signals_release(void);

/* True if a signal is being held back that is going to end the program. */
bool signals_waiting(void);

/* A child process: another program, with an empty input. */
struct signals_child {
    char *const *arguments; /* the first names the program; NULL at the end */
    char *const *environment;
    const char *output;    /* the file that what it writes goes to */
    const char *directory; /* removed with all its files (scratch) if this process dies */
    pid_t pid;
};

/*
 * Starts it, with the signals as before signals_hold, which must be in force. It and what it starts
 * end when this process does, whatever ends it. Returns 0 or an error number; the caller awaits
 * child->pid.
 */
int signals_start_child(struct signals_child *child);

/* Ends the child, and what it has started. */
void signals_end_child(const struct signals_child *child);

/* The signals that were held back before signals_hold. */
void signals_mask_for_child(sigset_t *mask);

#endif
