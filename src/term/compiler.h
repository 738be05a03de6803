/*
 * compiler: runs the user's C compiler in a private directory.
 *
 * The directory lies in $TMPDIR and holds everything, the compiler's own temporary files too. It is
 * removed on every way out: a stop ends the compiler, and when this process dies, a guard ends it
 * and removes the directory (child). No shell is involved.
 *
 * Not thread-safe.
 */
#ifndef PARSUM_COMPILER_H
#define PARSUM_COMPILER_H

#include "base/child.h"
#include "base/control.h"
#include "base/error.h"
#include "base/scratch.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct compiler {
    struct scratch scratch; /* the private directory */
    struct control *control;
    char *text; /* the words below lie in it */
    char **words;
    size_t command; /* so many words name the program, as in "ccache gcc"; the rest are options */
    size_t count;
};

/* A call of the compiler. */
struct compiler_call {
    /* options around the user's own; both end with NULL */
    const char *const *before;
    const char *const *after;
    const char *messages; /* the file of the directory that what it writes goes to */
    struct child child;
    bool compiled; /* whether it succeeded */
    bool killed;   /* whether a signal ended it */
};

/*
 * Finds out what the compiler is called, the words of PARSUM_CC, or of CC, or "cc". The caller
 * closes it. After a failure nothing is to be closed.
 */
enum status compiler_open(struct compiler *compiler, struct control *control) MUST_CHECK;

/* Makes the private directory, without which nothing below may be called. */
enum status compiler_enter(struct compiler *compiler) MUST_CHECK;

/* Removes the directory; once, however often called. */
void compiler_leave(struct compiler *compiler);

/* The same, and forgets the compiler. */
void compiler_close(struct compiler *compiler);

/* The path of the directory's file `name`. */
void compiler_path(const struct compiler *compiler, const char *name, char path[PATH_MAX]);

/* Is there so little room for the directory's files that a compiler may fail for that? */
bool compiler_is_full(const struct compiler *compiler);

/* Writes a file into the directory. */
enum status compiler_write(const struct compiler *compiler, const char *name, const char *text,
                           size_t length) MUST_CHECK;

/* Reads a file of the directory; the caller frees *text, which ends with a NUL. */
enum status compiler_read(const struct compiler *compiler, const char *name, char **text,
                          size_t *length) MUST_CHECK;

/*
 * Runs the compiler once for each of the calls, all at the same time. STATUS_FAILED with a message
 * if it cannot be run, STATUS_STOPPED without one if a stop was asked for.
 */
enum status compiler_run(const struct compiler *compiler, struct compiler_call *const *calls,
                         size_t count) MUST_CHECK;

#endif
