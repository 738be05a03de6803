#include "base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "parsum-"
#define PATTERN PREFIX "XXXXXX"

/* A directory gets its lock a moment after it was made; one without that is not swept up sooner. */
#define OLD_SECONDS 60

/* Removes the files in an open directory; closes it. Without malloc: see plain_fork in child.c. */
static void remove_files(int fd)
{
    _Alignas(struct dirent64) char entries[4096];
    for (ssize_t size; (size = getdents64(fd, entries, sizeof entries)) > 0;)
        for (ssize_t at = 0; at < size;) {
            const struct dirent64 *const entry = (const struct dirent64 *)(entries + at);
            unlinkat(fd, entry->d_name, 0); /* fails for . and .. */
            at += entry->d_reclen;
        }
    close(fd);
}

int scratch_remove(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        remove_files(fd);
    return rmdir(path);
}

/* Is it old, this user's own, and nobody's any longer? */
static bool is_abandoned(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
           (status.st_mode & 07777) == 0700 && time(NULL) - status.st_mtime > OLD_SECONDS &&
           flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void sweep(const char *parent)
{
    DIR *const directory = opendir(parent);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        const char *const name = entry->d_name;
        if (strlen(name) != strlen(PATTERN) || strncmp(name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        const int fd =
            openat(dirfd(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (!is_abandoned(fd)) {
            close(fd);
            continue;
        }
        remove_files(fd);
        unlinkat(dirfd(directory), name, AT_REMOVEDIR);
    }
    closedir(directory);
}

int scratch_make(struct scratch *scratch, const char *parent)
{
    scratch->lock = -1;
    char *const real = realpath(parent, NULL);
    if (!real)
        return -1;
    sweep(real);
    const size_t room = sizeof scratch->path - SCRATCH_NAME - 2;
    const int length = snprintf(scratch->path, room, "%s/" PATTERN, real);
    free(real);
    if (length >= (int)room) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!mkdtemp(scratch->path))
        return -1;
    scratch->lock = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scratch->lock >= 0 &&
        (flock(scratch->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK))
        return 0; /* where there are no locks, nothing is swept up either */
    const int error = errno;
    (void)scratch_close(scratch);
    errno = error;
    return -1;
}

int scratch_close(struct scratch *scratch)
{
    const int removed = scratch_remove(scratch->path), error = errno;
    if (scratch->lock >= 0)
        close(scratch->lock);
    scratch->lock = -1;
    errno = error;
    return removed;
}
