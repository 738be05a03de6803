/*
 * scratch: private directories for temporary files, which are swept up when their owner has died.
 *
 * One is called parsum-XXXXXX and has no directories in it. Its owner holds a lock on it, which the
 * system gives up when the last process ends that has inherited it.
 *
 * Thread-safe. Functions that fail set errno.
 */
#ifndef PARSUM_SCRATCH_H
#define PARSUM_SCRATCH_H

#include <limits.h>

struct scratch {
    char path[PATH_MAX]; /* absolute, with room for "/" and a name of SCRATCH_NAME bytes */
    int lock;            /* -1: there is no directory */
};

enum { SCRATCH_NAME = 30 };

/* Makes one in `parent`, and removes those of this user that nobody owns any longer. 0, or -1. */
int scratch_make(struct scratch *scratch, const char *parent);

/* Removes a directory with all that is in it. 0, or -1. */
int scratch_remove(const char *path);

/* Removes it and lets go of it, if there is one. 0, or -1 if it was left behind. */
int scratch_close(struct scratch *scratch);

#endif
