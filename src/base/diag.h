/*
 * diag: status codes and messages. The only writer of standard error, but for
 * signals, when a term has crashed.
 *
 * A message names the program, the object (file and line, option, job), the fault and the remedy,
 * and is written once, where the fault is found. Callers pass the status up; only main turns it
 * into an exit status. Not thread-safe: no thread of a team writes messages.
 *
 * Names and pieces of input are shown, never obeyed: a message shows control characters, bytes that
 * are not UTF-8, and characters that change the direction of writing as \xHH or \uHHHH. A newline
 * in a name begins no line.
 */
#ifndef PARSUM_DIAG_H
#define PARSUM_DIAG_H

#include <stddef.h>

/* What became of an operation; main exits with its value. */
enum status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,     /* a write, an allocation or a term failed */
    STATUS_USAGE = 2,      /* bad arguments or bad input */
    STATUS_UNVERIFIED = 3, /* a sum differs from what arithmetic says it is */
    STATUS_STOPPED = 75,   /* out of time, can go on later: EX_TEMPFAIL of sysexits.h */
};

#define MUST_CHECK __attribute__((warn_unused_result))
/* For what happens seldom: its buffers, which the stack's guard watches, cost its caller nothing.
 */
#define SELDOM __attribute__((noinline, cold))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Writes "parsum: MESSAGE\n" and returns `status`, so that a caller can report and return at once.
 */
enum status diag_error(enum status status, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same with more lines below it, such as a compiler's: `lines` begins with a newline. */
enum status diag_error_lines(enum status status, const char *lines, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Writes "parsum: MESSAGE\n": a warning or a note, nothing that ends the run. */
void diag_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* What diag_error was told last, without "parsum: "; "" if that was never. Valid until the next. */
const char *diag_last_error(void);

/* The longest message, and the longest lines below it, in bytes; more is cut. */
enum { DIAG_MESSAGE = 65536 };

/* From now on no message is written: one process of several speaks for all. */
void diag_hold(void);

/* The first error since diag_hold as it is shown, without "parsum: "; "" if there was none. */
const char *diag_held(void);

/* Room for a line that diag_show shows. */
enum { DIAG_LINE = 512 };

/*
 * Shows `line` (one terminal line, no newline) in place of the one shown before; NULL takes it
 * away. A message in between moves it out of the way.
 */
void diag_show(const char *line);

/* Room for a quoted piece of input, with its end. */
enum { DIAG_QUOTED = 64 };

/* Puts `text` into quotes as a message shows it, a long one cut. Returns `quoted`. */
const char *diag_quote(const char *text, size_t length, char quoted[DIAG_QUOTED]);

/* `text` as a message shows it, for lines of several pieces; the caller frees it. NULL if memory is
   short. */
char *diag_shown(const char *text);

#endif
