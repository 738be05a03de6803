#include "jobs/job_lines.h"

#include "base/number.h"
#include "jobs/job_table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a wait for input lasts before the caller gets to look at the clock and the signals. */
#define WAIT_MS 200

/* The buffer is filled up to `end`, where a NUL ends it for those who look at its bytes. */
static void set_filled(struct lines *lines, char *end)
{
    lines->filled = end;
    *end = '\0';
    lines->newline = lines->carriage = NULL;
}

static void empty(struct lines *lines)
{
    lines->at = lines->buffer;
    set_filled(lines, lines->buffer);
}

enum status lines_open(struct lines *lines, const char *path)
{
    const bool standard = strcmp(path, "-") == 0;
    lines->name = standard ? "standard input" : path;
    lines->place_name = (size_t)snprintf(lines->place, sizeof lines->place, "%.256s:", lines->name);
    /* Not to wait for a named pipe's writer: `readable` does, and lets signals through. */
    lines->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (lines->fd < 0)
        return error_set(STATUS_USAGE, "%s: %s; give a file of jobs, one a line", lines->name,
                         strerror(errno));
    struct stat status;
    const bool known = fstat(lines->fd, &status) == 0;
    if (known && S_ISDIR(status.st_mode)) {
        lines_close(lines);
        return error_set(STATUS_USAGE, "%s: is a directory; give a file of jobs, one a line",
                         lines->name);
    }
    lines->origin = lseek(lines->fd, 0, SEEK_CUR);
    lines->regular = known && S_ISREG(status.st_mode) && lines->origin >= 0;
    lines->next = 1;
    empty(lines);
    return STATUS_OK;
}

void lines_close(struct lines *lines)
{
    if (lines->fd != STDIN_FILENO)
        close(lines->fd);
    if (lines->copying)
        close(lines->copy);
}

/* For each row of a table, so without printf. */
const char *lines_place(struct lines *lines)
{
    *number_print((int64_t)lines->line, lines->place + lines->place_name) = '\0';
    return lines->place;
}

/* Is there something to read, now or within WAIT_MS? Ends and errors count: reading tells. */
static SELDOM bool readable(const struct lines *lines, bool wait)
{
    struct pollfd poll_fd = {.fd = lines->fd, .events = POLLIN};
    const int ready = poll(&poll_fd, 1, wait ? WAIT_MS : 0);
    return ready > 0 || (ready < 0 && errno != EINTR);
}

static SELDOM enum status keep_copy(const struct lines *lines, const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(lines->copy, text, length);
        if (written < 0 && errno != EINTR)
            return error_set(STATUS_FAILED,
                             "%s: keeping a copy failed: %s; set TMPDIR to a directory with more "
                             "room, or give the jobs as a file",
                             lines->name, strerror(errno));
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return STATUS_OK;
}

/* Reads more behind the line in hand, which moves to the front of the buffer. */
static SELDOM enum status fill(struct lines *lines)
{
    const size_t held = (size_t)(lines->filled - lines->at);
    memmove(lines->buffer, lines->at, held);
    lines->at = lines->buffer;
    set_filled(lines, lines->buffer + held);
    const ssize_t got = read(lines->fd, lines->filled, LINE_MAX_LENGTH - held);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN
                   ? STATUS_OK
                   : error_set(STATUS_FAILED, "%s: reading failed: %s", lines->name,
                               strerror(errno));
    const enum status status =
        lines->copying ? keep_copy(lines, lines->filled, (size_t)got) : STATUS_OK;
    set_filled(lines, lines->filled + got);
    lines->at_end = got == 0;
    return status;
}

/* Where the next `byte` stands that is not before `from`; it was *known unless that is before. */
static char *find(const struct lines *lines, char **known, char *from, int byte)
{
    if (!*known || *known < from) {
        *known = memchr(from, byte, (size_t)(lines->filled - from));
        if (!*known)
            *known = lines->filled;
    }
    return *known;
}

/*
 * Where the line in hand ends: at a CR or LF, or where nothing is filled. Its first `seen` bytes
 * hold no end. Both are looked for once in a buffer that has none of them.
 */
static char *find_end(struct lines *lines, size_t seen)
{
    char *const newline = find(lines, &lines->newline, lines->at + seen, '\n');
    char *const carriage = find(lines, &lines->carriage, lines->at + seen, '\r');
    return newline < carriage ? newline : carriage;
}

/* Where the row ends whose first line ends at `end`; *open says whether a quote is open there. */
static char *find_row_end(const struct lines *lines, char *end, bool *open)
{
    *open = false;
    if (!lines->separator || !memchr(lines->at, '"', (size_t)(end - lines->at)))
        return end;
    const size_t held = (size_t)(lines->filled - lines->at);
    return lines->at + table_row_end(lines->at, held, lines->separator, open);
}

/* How many lines end within it. */
static uint64_t count_breaks(const char *text, const char *end)
{
    uint64_t breaks = 0;
    for (; text < end; text++)
        breaks += *text == '\n' || (*text == '\r' && (text + 1 == end || text[1] != '\n'));
    return breaks;
}

/* `first` is where its first line ends. */
static void take_line(struct lines *lines, const char *first, char *end)
{
    static const char mark[] = "\xef\xbb\xbf"; /* a byte order mark */
    if (lines->line == 0 && end - lines->at >= 3 && memcmp(lines->at, mark, 3) == 0)
        lines->at += 3;
    lines->line = lines->next;
    lines->next += 1 + (first < end ? count_breaks(first, end) : 0);
    lines->text = (struct field){lines->at, (size_t)(end - lines->at)};
    lines->after_carriage = end < lines->filled && *end == '\r';
    lines->at = end < lines->filled ? end + 1 : end;
}

static SELDOM enum status refuse_length(struct lines *lines, bool open)
{
    lines->line = lines->next;
    if (open)
        return error_set(STATUS_USAGE,
                         "%s: a quote is opened here that is not closed within %d bytes; close it, "
                         "or put quotes around the field and double those within",
                         lines_place(lines), LINE_MAX_LENGTH);
    return error_set(STATUS_USAGE, "%s: the line is longer than %d bytes; " LINE_FORM,
                     lines_place(lines), LINE_MAX_LENGTH);
}

enum status lines_next(struct lines *lines, bool wait, enum job_next *next)
{
    size_t seen = 0; /* bytes of the line in which its end is not */
    for (;;) {
        if (lines->after_carriage && lines->at < lines->filled) {
            lines->at += *lines->at == '\n';
            lines->after_carriage = false;
        }
        bool open;
        char *const first = find_end(lines, seen);
        char *const end = find_row_end(lines, first, &open);
        if (end < lines->filled || (lines->at_end && end > lines->at)) {
            take_line(lines, first, end);
            *next = JOB_READ;
            return STATUS_OK;
        }
        *next = lines->at_end ? JOB_END : JOB_NOT_YET;
        seen = (size_t)(first - lines->at);
        if (end - lines->at >= LINE_MAX_LENGTH)
            return refuse_length(lines, open);
        if (lines->at_end || !readable(lines, wait))
            return STATUS_OK;
        const enum status status = fill(lines);
        if (status)
            return status;
    }
}

void lines_pass(struct lines *lines, char *to, uint64_t count)
{
    lines->at = to;
    lines->next += count;
    lines->line = count > 0 ? lines->next - 1 : lines->line;
}

/* Nothing else has been read since. */
void lines_put_back(struct lines *lines)
{
    lines->at = (char *)lines->text.text;
    lines->newline = lines->carriage = NULL;
    lines->after_carriage = false;
    lines->next = lines->line;
}

enum status lines_keep(struct lines *lines)
{
    if (lines->origin >= 0)
        return STATUS_OK; /* can be read again as it is */
    const char *const named = getenv("TMPDIR");
    const char *const directory = named && *named ? named : "/tmp";
    char path[PATH_MAX];
    errno = ENAMETOOLONG;
    lines->copy = snprintf(path, sizeof path, "%s/parsum-XXXXXX", directory) < (int)sizeof path
                      ? mkostemp(path, O_CLOEXEC)
                      : -1;
    if (lines->copy < 0)
        return error_set(STATUS_FAILED,
                         "%s: no temporary file for a copy can be made in %s: %s; set TMPDIR to a "
                         "directory where that is possible, or give the jobs as a file",
                         lines->name, directory, strerror(errno));
    unlink(path);
    lines->copying = true;
    return STATUS_OK;
}

enum status lines_rewind(struct lines *lines)
{
    if (lines->copying) {
        lines->copying = false;
        if (lines->fd != STDIN_FILENO)
            close(lines->fd);
        lines->fd = lines->copy;
        lines->origin = 0;
    }
    if (lseek(lines->fd, lines->origin, SEEK_SET) < 0)
        return error_set(STATUS_FAILED, "%s: can't be read again: %s; give the jobs as a file",
                         lines->name, strerror(errno));
    lines->line = 0;
    lines->next = 1;
    lines->after_carriage = lines->at_end = false;
    empty(lines);
    return STATUS_OK;
}
