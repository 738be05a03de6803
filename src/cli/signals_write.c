/*
 * Writing to those who may not read: pipes, FIFOs and terminals.
 *
 * A write that waits is waited for with poll, for short times, and between them the program looks
 * whether it was asked to stop. So no signal is lost between a look and a wait.
 */
#include "cli/signals.h"

#include "cli/signals_grace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a stop may go unnoticed. */
#define WAIT_MS 100

/* After a stop, waits in which a reader takes nothing: then nobody is waited for any longer. */
#define WAITS_MAX 10

static bool impatient;

bool signals_gave_up(void)
{
    return impatient;
}

/* Waits until `fd` takes bytes, or has an error to tell; false if a stop has ended the wait. */
static bool wait_for_reader(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    for (int waits = 0;;) {
        const int ready = poll(&poll_fd, 1, impatient ? 0 : WAIT_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
        if (!atomic_load(&signals_in_grace))
            continue;
        impatient = impatient || ++waits == WAITS_MAX;
        if (impatient)
            return false;
    }
}

/* A write of so many bytes does not wait once poll has said that there is room. Files and devices
   such as /dev/null never wait for a reader. */
static size_t piece_of(int fd)
{
    struct stat status;
    const bool known = fstat(fd, &status) == 0;
    const bool waits =
        !known || !(S_ISREG(status.st_mode) || (S_ISCHR(status.st_mode) && !isatty(fd)));
    return waits ? PIPE_BUF : SIZE_MAX;
}

size_t signals_write(int fd, const char *bytes, size_t length)
{
    const size_t most = piece_of(fd);
    size_t done = 0;
    atomic_store(&signals_writing, true);
    while (done < length) {
        if (!wait_for_reader(fd)) {
            errno = EINTR;
            break;
        }
        const size_t left = length - done;
        const ssize_t put = write(fd, bytes + done, left < most ? left : most);
        if (put > 0)
            done += (size_t)put;
        else if (put == 0 || (errno != EINTR && errno != EAGAIN))
            break;
    }
    atomic_store(&signals_writing, false);
    return done;
}

static ssize_t write_stream(void *fd, const char *bytes, size_t length)
{
    return (ssize_t)signals_write(*(const int *)fd, bytes, length);
}

static int close_stream(void *fd)
{
    const int result = close(*(const int *)fd);
    free(fd);
    return result;
}

bool signals_await_reader(void)
{
    if (atomic_load(&signals_in_grace)) {
        errno = EINTR;
        return false;
    }
    poll(NULL, 0, WAIT_MS);
    return true;
}

FILE *signals_stream(int fd)
{
    const cookie_io_functions_t functions = {.write = write_stream, .close = close_stream};
    int *const cookie = malloc(sizeof *cookie);
    if (!cookie)
        return NULL;
    *cookie = fd;
    FILE *const stream = fopencookie(cookie, "w", functions);
    if (!stream)
        free(cookie);
    return stream;
}
