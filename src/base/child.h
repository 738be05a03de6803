/*
 * child: a child process that dies with this one, and all that it has started.
 *
 * Between fork and exec it does what it needs; this process's signals and their handlers stay as
 * they are. The process may ignore SIGCHLD, or await children that are not its own: the child
 * tells its status by a pipe, too. Not thread-safe.
 */
#ifndef PARSUM_CHILD_H
#define PARSUM_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Another program, with an empty input. */
struct child {
    char *const *arguments; /* the first names the program; NULL at the end */
    char *const *environment;
    const char *output;    /* the file that what it writes goes to */
    const char *directory; /* removed with all its files (scratch) if this process dies */
    pid_t pid;
    int told; /* the pipe by which it tells how it ended; child_ended closes it */
};

/*
 * Starts it. It and what it starts end when this process does, whatever ends it. Returns 0 or an
 * error number; if 0, the caller calls child_ended until that is true.
 */
int child_start(struct child *child);

/* Has it ended? If so *status is as waitpid has it. */
bool child_ended(struct child *child, int *status);

/* Ends the child, and what it has started. */
void child_end(const struct child *child);

#endif
