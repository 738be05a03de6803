/*
 * error: what went wrong, as a value.
 *
 * A function that can fail returns a status, and leaves an error with its thread: the text names
 * the place (file and line, option, job), the fault and the remedy. Nothing is printed here: who
 * has called reads the error, or hands the status on. The first error counts until it is cleared:
 * what fails after it, as things are put away, is of less interest.
 *
 * Names and pieces of input are shown in a text, never obeyed: control characters, bytes that are
 * not UTF-8, and characters that change the direction of writing stand there as \xHH or \uHHHH. A
 * newline in a name begins no line.
 *
 * Thread-safe: each thread has an error of its own.
 */
#ifndef PARSUM_ERROR_H
#define PARSUM_ERROR_H

#include <stddef.h>

/* What became of an operation; the program exits with its value. */
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

struct error {
    enum status status; /* STATUS_OK: there is none */
    const char *text; /* "PLACE: FAULT; REMEDY", and lines below that if there are any; "": none */
    size_t place;     /* bytes of the text that name the place; 0: it names none */
    const char *remedy; /* within the text; "": none */
};

/* The calling thread's first error since error_clear. Valid until the next call that may fail. */
struct error error_last(void);
void error_clear(void);

/* The longest text, and the longest lines below it, in bytes; more is cut. */
enum { ERROR_TEXT = 65536 };

/* Leaves an error unless there is one, and returns `status`, so that a caller can do both at once.
 */
enum status error_set(enum status status, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same with more lines below it, such as a compiler's: `lines` begins with a newline. */
enum status error_set_lines(enum status status, const char *lines, const char *format, ...)
    PRINTF_LIKE(3, 4);

/*
 * Tells of what is no error, but should be known: a warning or a note. It goes to whoever has asked
 * for notes, and nowhere else.
 */
void error_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* Who gets the notes of this process; NULL: nobody, as at the start. */
void error_take_notes(void (*take)(const char *text));

/* Who gets those of this thread alone, in place of that; NULL: nobody, and then the process's. */
void error_take_notes_here(void (*take)(void *context, const char *text), void *context);

/* Room for a quoted piece of input, with its end. */
enum { ERROR_QUOTED = 64 };

/* Puts `text` into quotes as a message shows it, a long one cut. Returns `quoted`. */
const char *error_quote(const char *text, size_t length, char quoted[ERROR_QUOTED]);

/* `text` as a message shows it, for lines of several pieces; the caller frees it. NULL if memory is
   short. */
char *error_shown(const char *text);

#endif
