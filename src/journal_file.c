#include "journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From this many bytes on it is worth a system call to have them written to the disk at once. */
#define MUCH 32768

static enum status fail(const struct journal_file *file, const char *what)
{
    return diag_error(STATUS_FAILED,
                      "%s: %s: %s; what it holds stays valid: put that right and run the same "
                      "command again",
                      file->name, what, strerror(errno));
}

/* Is `path` the name of what fd has open? */
static bool names(const char *path, int fd)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && fstat(fd, &opened) == 0 && named.st_dev == opened.st_dev &&
           named.st_ino == opened.st_ino;
}

/*
 * Locks of fcntl, since they tell the number of the process that holds one. They are given up as
 * soon as the process closes any descriptor of the file, so there is but one.
 */
static enum status lock(const struct journal_file *file, int fd)
{
    for (;;) {
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(fd, F_SETLK, &whole) == 0)
            return STATUS_OK;
        if (errno != EAGAIN && errno != EACCES) {
            diag_note("%s: no locks on this file system (%s): see to it that no other process uses "
                      "that journal",
                      file->name, strerror(errno));
            return STATUS_OK;
        }
        if (fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
            return diag_error(STATUS_FAILED,
                              "%s: process %ld is using that journal; wait until it has ended, or "
                              "give another --journal",
                              file->name, (long)whole.l_pid);
    }
}

/*
 * Between opening and locking the file another process may put a fresh one in its place: then the
 * lock is one on a file without a name, and the new one is tried.
 */
static enum status open_and_lock(struct journal_file *file)
{
    for (int tries = 0; tries < 100; tries++) {
        file->created = access(file->name, F_OK) != 0;
        file->fd = open(file->name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
        if (file->fd < 0)
            return diag_error(STATUS_FAILED, "%s: no journal can be kept there: %s", file->name,
                              strerror(errno));
        struct stat status;
        if (fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode))
            return diag_error(STATUS_USAGE, "%s: is no ordinary file; give another --journal",
                              file->name);
        const enum status locked = lock(file, file->fd);
        if (locked)
            return locked;
        if (names(file->name, file->fd))
            return STATUS_OK;
        close(file->fd);
        file->fd = -1;
    }
    return diag_error(STATUS_FAILED,
                      "%s: is put in place anew again and again; give another --journal",
                      file->name);
}

enum status journal_file_open(struct journal_file *file, const char *name)
{
    *file = (struct journal_file){.name = name, .fd = -1, .fresh_fd = -1};
    const enum status status = open_and_lock(file);
    if (status)
        return status;
    /* A name that is a symbolic link stays one. */
    file->path = realpath(name, NULL);
    if (!file->path)
        return fail(file, "its path can't be told");
    if (asprintf(&file->fresh_path, "%s.parsum-new", file->path) < 0) {
        file->fresh_path = NULL;
        return diag_error(STATUS_FAILED, "%s: out of memory", name);
    }
    return STATUS_OK;
}

bool journal_file_is_empty(const struct journal_file *file)
{
    struct stat status;
    return fstat(file->fd, &status) == 0 && status.st_size == 0;
}

enum status journal_file_begin(struct journal_file *file)
{
    struct stat old;
    unlink(file->fresh_path); /* of a process that was killed */
    file->fresh_fd =
        open(file->fresh_path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (file->fresh_fd < 0)
        return diag_error(STATUS_FAILED, "%s: no fresh journal can be written beside it, as %s: %s",
                          file->name, file->fresh_path, strerror(errno));
    if (fstat(file->fd, &old) != 0 || fchmod(file->fresh_fd, old.st_mode & 07777) != 0)
        return fail(file, "the fresh journal can't get its permissions");
    return lock(file, file->fresh_fd);
}

static enum status lost(const struct journal_file *file)
{
    return diag_error(
        STATUS_FAILED,
        "%s: is another file now, or gone; another process goes on with that journal, "
        "or somebody has moved it: this run ends here",
        file->name);
}

/*
 * Much at once begins its way to the disk now, so that syncing does not have to wait for all of it.
 * That is a matter of speed alone: where it can't be done nothing is lost.
 */
enum status journal_file_write(struct journal_file *file, const void *bytes, size_t count)
{
    const bool fresh = file->fresh_fd >= 0;
    const int fd = fresh ? file->fresh_fd : file->fd;
    const char *at = bytes;
    if (!fresh && !names(file->path, file->fd))
        return lost(file);
    for (size_t left = count; left > 0;) {
        const ssize_t put = write(fd, at, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(file, "writing failed");
        at += put;
        left -= (size_t)put;
    }
    if (count >= MUCH)
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return STATUS_OK;
}

/* A name is durable once its directory is. */
static enum status sync_directory(const struct journal_file *file)
{
    char *const slash = strrchr(file->path, '/');
    const char after = slash[1];
    slash[1] = '\0';
    const int fd = open(file->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    slash[1] = after;
    /* A directory that may be written but not read can't be synced. */
    if (fd < 0 && errno == EACCES)
        return STATUS_OK;
    if (fd < 0)
        return fail(file, "its directory can't be opened");
    /* Some file systems can't sync directories, as they have no need to. */
    const bool synced = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    const enum status status = synced ? STATUS_OK : fail(file, "its directory can't be synced");
    close(fd);
    return status;
}

static enum status adopt(struct journal_file *file)
{
    if (!names(file->path, file->fd) || !names(file->fresh_path, file->fresh_fd))
        return lost(file);
    if (rename(file->fresh_path, file->path) != 0)
        return fail(file, "the fresh journal can't take its place");
    const int old = file->fd;
    file->fd = file->fresh_fd;
    file->fresh_fd = -1;
    file->created = false;
    const enum status status = sync_directory(file);
    if (close(old) != 0 && !status)
        return fail(file, "closing the old journal failed");
    return status;
}

enum status journal_file_sync(struct journal_file *file)
{
    const bool fresh = file->fresh_fd >= 0;
    if (fdatasync(fresh ? file->fresh_fd : file->fd) != 0)
        return fail(file, "syncing failed");
    return fresh ? adopt(file) : STATUS_OK;
}

enum status journal_file_close(struct journal_file *file)
{
    enum status status = STATUS_OK;
    if (file->fresh_fd >= 0) {
        unlink(file->fresh_path);
        close(file->fresh_fd);
        if (file->created && names(file->path, file->fd))
            unlink(file->path); /* nothing was ever in it */
    }
    if (file->fd >= 0 && close(file->fd) != 0)
        status = fail(file, "closing failed");
    free(file->path);
    free(file->fresh_path);
    *file = (struct journal_file){.fd = -1, .fresh_fd = -1};
    return status;
}
