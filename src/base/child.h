/*
 * child: a child process that dies with this one, and all that it has started.
 *
 * Between fork and exec it does what it needs; this process's signals and their handlers stay as
 * they are. Not thread-safe.
 */
#ifndef PARSUM_CHILD_H
#define PARSUM_CHILD_H

#include <sys/types.h>

/* Another program, with an empty input. */
struct child {
    char *const *arguments; /* the first names the program; NULL at the end */
    char *const *environment;
    const char *output;    /* the file that what it writes goes to */
    const char *directory; /* removed with all its files (scratch) if this process dies */
    pid_t pid;
};

/*
 * Starts it. It and what it starts end when this process does, whatever ends it. Returns 0 or an
 * error number; the caller awaits child->pid.
 */
int child_start(struct child *child);

/* Ends the child, and what it has started. */
void child_end(const struct child *child);

#endif
