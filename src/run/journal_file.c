#include "run/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From this many bytes on it is worth a system call to have them written to the disk at once. */
#define MUCH 32768

static enum status fail(const struct journal_file *file, const char *what)
{
    return error_set(STATUS_FAILED,
                     "%s: %s: %s; what it holds stays valid: put that right and run the same "
                     "command again",
                     file->name, what, strerror(errno));
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
            error_note(
                "%s: no locks on this file system (%s): see to it that no other process uses "
                "that journal",
                file->name, strerror(errno));
            return STATUS_OK;
        }
        if (fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
            return error_set(STATUS_FAILED,
                             "%s: process %ld is using that journal; wait until it has ended, or "
                             "give another --journal",
                             file->name, (long)whole.l_pid);
    }
}

/* Opens the file of that name, or makes it; -1 if neither can be done. */
static int open_or_make(struct journal_file *file)
{
    const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
    const struct place *const place = &file->place;
    int fd = -1;
    for (int tries = 0; tries < 100 && fd < 0; tries++) {
        fd = openat(place->directory, place->name, flags | O_CREAT | O_EXCL, 0666);
        file->created = fd >= 0;
        if (fd >= 0 || errno != EEXIST)
            break;
        fd = openat(place->directory, place->name, flags);
        if (fd < 0 && errno != ENOENT) /* else it was there, and is gone */
            break;
    }
    return fd;
}

/*
 * Between opening and locking the file another process may put a fresh one in its place: then the
 * lock is one on a file without a name, and the new one is tried.
 */
static enum status open_and_lock(struct journal_file *file)
{
    for (int tries = 0; tries < 100; tries++) {
        file->fd = open_or_make(file);
        if (file->fd < 0)
            return error_set(STATUS_FAILED, "%s: no journal can be kept there: %s", file->name,
                             strerror(errno));
        struct stat status;
        if (fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode))
            return error_set(STATUS_USAGE, "%s: is no ordinary file; give another --journal",
                             file->name);
        const enum status locked = lock(file, file->fd);
        if (locked) { /* whoever made it, it is another process's now */
            file->created = false;
            return locked;
        }
        if (place_names(&file->place, file->place.name, file->fd))
            return STATUS_OK;
        close(file->fd);
        file->fd = -1;
    }
    return error_set(STATUS_FAILED,
                     "%s: is put in place anew again and again; give another --journal",
                     file->name);
}

enum status journal_file_open(struct journal_file *file, const char *name)
{
    *file = (struct journal_file){.name = name, .place.directory = -1, .fd = -1, .fresh_fd = -1};
    const enum status status = place_open(&file->place, name, STATUS_FAILED);
    if (status)
        return status;
    if (file->place.is_open_file)
        return error_set(STATUS_USAGE, "%s: is no ordinary file; give another --journal", name);
    const enum status locked = open_and_lock(file);
    if (!locked)
        place_sweep(&file->place);
    return locked;
}

bool journal_file_is_empty(const struct journal_file *file)
{
    struct stat status;
    return fstat(file->fd, &status) == 0 && status.st_size == 0;
}

/*
 * The fresh file gets the group of the old one, and its permissions: those for reading, writing and
 * running, no more, as its owner may be another one now. Where the group can't be kept, the
 * permissions of a group have nobody they are meant for.
 */
static enum status inherit(struct journal_file *file)
{
    struct stat old, fresh;
    if (fstat(file->fd, &old) != 0 || fstat(file->fresh_fd, &fresh) != 0)
        return fail(file, "its owner can't be told");
    if (old.st_uid != fresh.st_uid && old.st_uid != 0)
        return error_set(STATUS_FAILED,
                         "%s: is the journal of another user, number %lu; go on as that user, or "
                         "copy it and give the copy as --journal",
                         file->name, (unsigned long)old.st_uid);
    mode_t mode = old.st_mode & 0777;
    if (old.st_gid != fresh.st_gid && fchown(file->fresh_fd, (uid_t)-1, old.st_gid) != 0)
        mode &= 0707;
    return fchmod(file->fresh_fd, mode) == 0
               ? STATUS_OK
               : fail(file, "the fresh journal can't get its permissions");
}

enum status journal_file_begin(struct journal_file *file)
{
    file->length = 0;
    file->fresh_fd = place_fresh(&file->place, file->fresh);
    if (file->fresh_fd < 0)
        return fail(file, "no fresh journal can be made in its directory");
    return inherit(file);
}

static enum status lost(const struct journal_file *file)
{
    return error_set(STATUS_FAILED,
                     "%s: is another file now, or gone; another process goes on with that journal, "
                     "or somebody has moved it: this run ends here",
                     file->name);
}

/* Has another program cut the file, or written to it? What is appended then can't be read. */
static bool is_whole(const struct journal_file *file, int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_size == file->length;
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
    if (!fresh && !place_names(&file->place, file->place.name, file->fd))
        return lost(file);
    if (!is_whole(file, fd))
        return error_set(STATUS_FAILED,
                         "%s: another program has cut or changed it; put back a copy of it, or "
                         "remove it, and run the same command again: this run ends here",
                         file->name);
    for (size_t left = count; left > 0;) {
        const ssize_t put = write(fd, at, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(file, "writing failed");
        at += put;
        left -= (size_t)put;
        file->length += put;
    }
    if (count >= MUCH)
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return STATUS_OK;
}

/* A name is durable once its directory is. */
static enum status sync_directory(const struct journal_file *file)
{
    const int fd = openat(file->place.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
    if (!place_names(&file->place, file->place.name, file->fd) ||
        !place_names(&file->place, file->fresh, file->fresh_fd))
        return lost(file);
    if (place_adopt(&file->place, file->fresh) != 0)
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
        place_drop(&file->place, file->fresh, file->fresh_fd);
        close(file->fresh_fd);
    }
    if (file->created) /* nothing was ever in it */
        place_drop(&file->place, file->place.name, file->fd);
    if (file->fd >= 0 && close(file->fd) != 0)
        status = fail(file, "closing failed");
    place_close(&file->place);
    *file = (struct journal_file){.place.directory = -1, .fd = -1, .fresh_fd = -1};
    return status;
}
