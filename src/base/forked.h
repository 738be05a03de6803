/*
 * forked: whether this process is a child of fork() whose parent had loaded this code.
 *
 * Threads don't survive a fork. An OpenMP that had some in the parent (GCC's) waits for them for
 * ever in the child, so there the calling thread has to work alone. Programs that are started by
 * exec begin anew. A handler for forks is registered as the code is loaded; it only sets a flag.
 */
#ifndef PARSUM_FORKED_H
#define PARSUM_FORKED_H

#include <stdbool.h>

/* Thread-safe. */
bool forked(void);

#endif
