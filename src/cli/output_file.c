#include "cli/output_file.h"

#include "base/machine.h"
#include "base/place.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    const char *path; /* NULL: none is open */
    int fd;
    bool fresh; /* it has yet to take its place: */
    struct place place;
    char name[PLACE_FRESH];
} output;

static enum status refuse(const char *what)
{
    return error_set(STATUS_FAILED, "--output: %s: %s", output.path, what);
}

/* Is there something that is no regular file? */
static bool is_special(void)
{
    struct stat found;
    return output.place.is_open_file ||
           (fstatat(output.place.directory, output.place.name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISREG(found.st_mode));
}

/*
 * A regular file that this process has open to be written, as /dev/stdout may be one: opened once
 * more it would be written from its start, over what it holds. -1: it is no such file.
 */
static int share_open(void)
{
    char *end;
    struct stat named, own;
    const long number = strtol(output.place.name, &end, 10);
    if (!output.place.is_open_file || *end || number < 0 || number > INT_MAX ||
        fstatat(output.place.directory, output.place.name, &named, 0) != 0 ||
        fstat((int)number, &own) != 0)
        return -1;
    const bool same = named.st_dev == own.st_dev && named.st_ino == own.st_ino;
    const int flags = fcntl((int)number, F_GETFL);
    return same && S_ISREG(own.st_mode) && flags >= 0 && (flags & O_ACCMODE) != O_RDONLY
               ? fcntl((int)number, F_DUPFD_CLOEXEC, 0)
               : -1;
}

/* A pipe waits for its reader. */
static int open_special(void)
{
    const int shared = share_open();
    if (shared >= 0)
        return shared;
    const int flags =
        O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (output.place.is_open_file ? 0 : O_NOFOLLOW);
    int fd = openat(output.place.directory, output.place.name, flags);
    while (fd < 0 && errno == ENXIO && signals_await_reader())
        fd = openat(output.place.directory, output.place.name, flags);
    return fd;
}

enum status output_file_open(const char *path, int *fd)
{
    output.path = path;
    enum status status = place_open(&output.place, path, STATUS_FAILED);
    if (status) {
        output.path = NULL;
        return status;
    }
    output.fresh = !is_special();
    if (output.fresh)
        place_sweep(&output.place);
    if (output.fresh && !place_is_writable(&output.place))
        output.fd = -1;
    else
        output.fd = output.fresh ? place_fresh(&output.place, output.name) : open_special();
    *fd = output.fd;
    if (output.fd >= 0)
        return STATUS_OK;
    status = errno == EINTR ? STATUS_STOPPED : refuse(strerror(errno));
    place_close(&output.place);
    output.path = NULL;
    return status;
}

bool output_file_is_fresh(void)
{
    return output.path && output.fresh;
}

bool output_file_rewrite(const void *bytes, size_t length)
{
    const int flags = fcntl(output.fd, F_GETFL); /* pwrite to a file that appends appends, too */
    if (flags < 0 || fcntl(output.fd, F_SETFL, flags & ~O_APPEND) != 0)
        return false;
    size_t done = 0;
    while (done < length) {
        const ssize_t now =
            pwrite(output.fd, (const char *)bytes + done, length - done, (off_t)done);
        if (now < 0 && errno != EINTR)
            return false;
        done += now > 0 ? (size_t)now : 0;
    }
    return true;
}

static bool adopt(void)
{
    return place_permit(&output.place, output.fd, 0666 & ~machine_umask()) == 0 &&
           fsync(output.fd) == 0 && place_adopt(&output.place, output.name) == 0;
}

enum status output_file_close(bool keep)
{
    enum status status = STATUS_OK;
    if (!output.path)
        return STATUS_OK;
    if (output.fresh && keep && !adopt())
        status = refuse(strerror(errno));
    if (output.fresh && (!keep || status))
        place_drop(&output.place, output.name, output.fd);
    if (close(output.fd) != 0 && keep && !status)
        status = refuse(strerror(errno));
    place_close(&output.place);
    output.path = NULL;
    return status;
}
