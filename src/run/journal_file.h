/*
 * journal_file: the file that a journal is kept in: one writer at a time, and what was synced is
 * there after SIGKILL or a loss of power at any instruction.
 *
 * A process never changes what an earlier one wrote. It holds a lock on the file, writes a fresh
 * one beside it (place.h) and renames that over it: at each moment the name stands for either of
 * them, whole. From then on it appends. A process that has lost its file so (on a node that was cut
 * off, where file systems do not lock) appends to one that has no name any more, and finds out.
 *
 * The journal of another user is refused, root's excepted: a fresh one would get a new owner, and
 * the permissions that the old owner wanted.
 */
#ifndef PARSUM_JOURNAL_FILE_H
#define PARSUM_JOURNAL_FILE_H

#include "base/error.h"
#include "base/place.h"

#include <stdbool.h>
#include <stddef.h>

struct journal_file {
    const char *name; /* for messages */
    struct place place;
    char fresh[PLACE_FRESH]; /* name of the fresh file, in that place */
    int fd;                  /* the file of that name, locked */
    int fresh_fd;            /* the fresh one while there is one, else -1: where writes go */
    bool created;            /* there was none before, and nothing is in it yet */
    off_t length;            /* of what this process has written; no other may write there */
};

/*
 * Opens and locks `name`, and creates an empty one where there is none. If another process has it
 * that is an error, with its number.
 */
enum status journal_file_open(struct journal_file *file, const char *name) MUST_CHECK;

/* Has nothing ever been written to it? */
bool journal_file_is_empty(const struct journal_file *file);

/* Begins a fresh file; what is written goes there, and it takes effect at the next
   sync. */
enum status journal_file_begin(struct journal_file *file) MUST_CHECK;

/* Appends; not durable before it is synced. */
enum status journal_file_write(struct journal_file *file, const void *bytes,
                               size_t count) MUST_CHECK;

/* Makes durable what was written; a fresh file takes the place of the old one. */
enum status journal_file_sync(struct journal_file *file) MUST_CHECK;

/* Lets go of it; a fresh file that was not synced is removed, and the old one stays. */
enum status journal_file_close(struct journal_file *file) MUST_CHECK;

#endif
