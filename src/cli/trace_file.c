#include "cli/trace_file.h"

#include "base/place.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A file that is there is overwritten, so it must not be another user's, nor have a second name,
 * which somebody may have made to have that file overwritten. Returns what is wrong, or NULL.
 */
static const char *find_objection(const struct stat *found)
{
    const bool own = found->st_uid == geteuid() || found->st_uid == 0;
    if (!own && (S_ISREG(found->st_mode) || S_ISFIFO(found->st_mode)))
        return "is there, and belongs to another user";
    if (S_ISREG(found->st_mode) && found->st_nlink > 1)
        return "has other names too, and would be overwritten under all of them";
    return NULL;
}

enum status trace_file_open(const char *path, FILE **file)
{
    struct place place;
    const enum status status = place_open(&place, path, STATUS_FAILED);
    if (status)
        return status;
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                      (place.is_open_file ? 0 : O_NOFOLLOW);
    int fd = openat(place.directory, place.name, flags, 0666);
    while (fd < 0 && errno == ENXIO && signals_await_reader())
        fd = openat(place.directory, place.name, flags, 0666);
    const int error = errno;
    place_close(&place);
    if (fd < 0 && error == EINTR)
        return STATUS_STOPPED;
    struct stat found;
    const bool opened = fd >= 0 && fstat(fd, &found) == 0;
    const char *fault = opened && !place.is_open_file ? find_objection(&found) : NULL;
    errno = error;
    if (fault)
        error_set(STATUS_FAILED, "%s: %s; remove it, or give another --trace", path, fault);
    else if (!opened || (S_ISREG(found.st_mode) && ftruncate(fd, 0) != 0) ||
             !(*file = signals_stream(fd)))
        error_set(STATUS_FAILED, "%s: %s; --trace writes a new file", path, strerror(errno));
    else
        return STATUS_OK;
    if (fd >= 0)
        close(fd);
    return STATUS_FAILED;
}
