/*
 * place: where a file that is to be written lies, and fresh files beside it.
 *
 * A path may lead through directories and symbolic links that another user can change at any
 * moment, and this program may run as root. So a path is walked once, link by link. From then on
 * everything is done in the directory that it led to, which stays open, and no link is followed
 * there.
 *
 * The rule: a symbolic link that belongs to another user, who is not root, is not followed in the
 * last place of a path, and by root nowhere in it. A link with a second name counts as another
 * user's in the last place: anybody may have given it that name. What the links of /proc lead to is
 * open already: they may be used, for all but a journal.
 *
 * A fresh file has a name that nobody can guess, ".parsum-DIGEST-RANDOM", where DIGEST is that of
 * the place's own name. The process that makes it holds a lock on it (fcntl), so one that a killed
 * process has left is told from one in use.
 *
 * Not thread-safe.
 */
#ifndef PARSUM_PLACE_H
#define PARSUM_PLACE_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct place {
    int directory;           /* for openat and its like; -1: none */
    char name[NAME_MAX + 1]; /* in that directory: no link, or one of /proc */
    bool is_open_file;       /* that is a link of /proc to an open file */
};

/*
 * Finds the place of `path`, where a file need not be. On STATUS_OK the caller closes it; else it
 * is closed, and returns `failure`.
 */
enum status place_open(struct place *place, const char *path, enum status failure) MUST_CHECK;

/* The same without a message, and through links of any user: to look at it, not to write. */
bool place_find(struct place *place, const char *path);

void place_close(struct place *place);

/* Do both stand for one name in one directory? */
bool place_same(const struct place *a, const struct place *b);

/* Is `name`, in the directory of the place, the name of what fd has open? */
bool place_names(const struct place *place, const char *name, int fd);

/* Room for the name of a fresh file. */
enum { PLACE_FRESH = 48 };

/*
 * Makes a fresh file in the directory, which only this user can read and write, and locks it.
 * Returns its descriptor, which appends, or -1 (errno).
 */
int place_fresh(const struct place *place, char name[PLACE_FRESH]);

/*
 * Gives the fresh file (fd) its permissions: those for reading, writing and running, and the group,
 * of the file whose place it is to take. Where there is none it gets the `usual` ones; where that
 * is another user's, those of them which that has. Permissions of a group that is not kept go with
 * it. Returns 0, or -1 (errno).
 */
int place_permit(const struct place *place, int fd, mode_t usual);

/* May the file that has the place's name be written? True where there is none. False: errno. */
bool place_is_writable(const struct place *place);

/* Gives the fresh file the place's own name, atomically. Returns 0, or -1 (errno). */
int place_adopt(const struct place *place, const char *fresh);

/* Removes the fresh file, if fd has that very file open. */
void place_drop(const struct place *place, const char *fresh, int fd);

/* Removes what killed processes have left: fresh files for this place, of this user, not locked. */
void place_sweep(const struct place *place);

#endif
