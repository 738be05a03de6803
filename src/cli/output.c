#include "cli/output.h"

#include "cli/output_file.h"
#include "cli/signals.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int error; /* of the first write that failed; nothing is written after it */
static bool told;
static const char *file; /* NULL: standard output */
static int descriptor = STDOUT_FILENO;

enum status output_open(const char *path)
{
    file = path;
    return path ? output_file_open(path, &descriptor) : STATUS_OK;
}

enum status output_close(bool keep)
{
    descriptor = STDOUT_FILENO;
    file = NULL;
    return output_file_close(keep);
}

static ssize_t write_out(void *unused, const char *bytes, size_t length)
{
    (void)unused;
    if (error)
        return 0;
    const size_t written = signals_write(descriptor, bytes, length);
    if (written < length)
        error = errno;
    if (error == EPIPE)
        signals_reader_left();
    return (ssize_t)written;
}

void output_begin(void)
{
    static char buffer[1 << 16];
    static FILE *stream;
    if (!stream) {
        stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_out});
        if (stream) {
            setvbuf(stream, buffer, _IOFBF, sizeof buffer); /* the run says when to flush */
            stdout = stream;
        }
    }
    error = 0;
    told = false;
}

/* The reader has left, or did not read when the run was to stop; or a terminal was hung up: SIGHUP
   and EIO. */
static bool is_stop(void)
{
    return error == EPIPE || error == EINTR || (error == EIO && signals_stop());
}

enum status output_check(bool written)
{
    if (written || is_stop())
        return STATUS_OK;
    if (!told)
        error_set(STATUS_FAILED, "%s: %s; what was to be reported is lost",
                  file ? file : "standard output", strerror(error ? error : errno));
    told = true;
    return STATUS_FAILED;
}

enum status output_flush(void)
{
    return output_check(fflush(stdout) == 0 && !ferror(stdout));
}

bool output_can_change(void)
{
    return output_file_is_fresh();
}

enum status output_change_start(const void *bytes, size_t length)
{
    const enum status status = output_flush();
    if (status || error)
        return status;
    if (!output_file_rewrite(bytes, length))
        error = errno;
    return output_check(error == 0);
}

enum status output_end(void)
{
    const enum status status = output_flush();
    return !status && error ? STATUS_STOPPED : status;
}

locale_t output_plain(void)
{
    static locale_t plain;
    if (!plain)
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return plain ? uselocale(plain) : uselocale((locale_t)0);
}
