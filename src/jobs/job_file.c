#include "jobs/job_file.h"

#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_FORM "a line is END, START END or START,END with START <= END, and " JOB_NUMBERS

/* How long a wait for input lasts before the caller gets to look at the clock and the signals. */
#define WAIT_MS 200

/* A piece of a line. */
struct field {
    const char *text;
    size_t length;
};

struct job_file {
    const char *name; /* for messages */
    int fd;
    off_t origin; /* where the jobs begin in it; -1 if it is a pipe */
    int64_t start;
    uint64_t line;               /* of the line that was read last, from 1 */
    struct field text, field[3]; /* that line, and its fields */
    bool copying;                /* what is read goes to `copy` as well */
    int copy;
    bool after_carriage; /* the line ended with CR: an LF that follows belongs to it */
    bool at_end;         /* nothing left to read */
    char *at, *filled;
    char *newline, *carriage; /* the next LF and CR, or `filled`; NULL or before `at`: not known */
    char edge[1];             /* before the buffer */
    char buffer[JOB_LINE_MAX];
    char place[320];
};

enum status job_file_open(struct job_file **opened, const char *path, int64_t start)
{
    const bool standard = strcmp(path, "-") == 0;
    const char *const name = standard ? "standard input" : path;
    /* Not to wait for a named pipe's writer: `readable` does, and lets signals through. */
    const int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(STATUS_USAGE, "%s: %s; give a file of jobs, one a line", name,
                         strerror(errno));
    struct stat status;
    const bool directory = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    struct job_file *const file = directory ? NULL : calloc(1, sizeof *file);
    if (!file) {
        if (!standard)
            close(fd);
        return directory ? error_set(STATUS_USAGE,
                                     "%s: is a directory; give a file of jobs, one a line", name)
                         : error_set(STATUS_FAILED, "%s: out of memory for its buffer", name);
    }
    file->name = name;
    file->fd = fd;
    file->origin = lseek(fd, 0, SEEK_CUR);
    file->start = start;
    file->at = file->filled = file->buffer;
    file->newline = file->carriage = NULL;
    *opened = file;
    return STATUS_OK;
}

void job_file_close(struct job_file *file)
{
    if (!file)
        return;
    if (file->fd != STDIN_FILENO)
        close(file->fd);
    if (file->copying)
        close(file->copy);
    free(file);
}

const char *job_file_place(struct job_file *file)
{
    snprintf(file->place, sizeof file->place, "%.256s:%llu", file->name,
             (unsigned long long)file->line);
    return file->place;
}

/* Is there something to read, now or within WAIT_MS? Ends and errors count: reading tells. */
static SELDOM bool readable(const struct job_file *file, bool wait)
{
    struct pollfd poll_fd = {.fd = file->fd, .events = POLLIN};
    const int ready = poll(&poll_fd, 1, wait ? WAIT_MS : 0);
    return ready > 0 || (ready < 0 && errno != EINTR);
}

static SELDOM enum status keep_copy(const struct job_file *file, const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(file->copy, text, length);
        if (written < 0 && errno != EINTR)
            return error_set(STATUS_FAILED,
                             "%s: keeping a copy failed: %s; set TMPDIR to a directory with more "
                             "room, or give the jobs as a file",
                             file->name, strerror(errno));
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return STATUS_OK;
}

/* Reads more behind the line in hand, which moves to the front of the buffer. */
static SELDOM enum status fill(struct job_file *file)
{
    const size_t held = (size_t)(file->filled - file->at);
    memmove(file->buffer, file->at, held);
    file->at = file->buffer;
    file->newline = file->carriage = NULL;
    file->filled = file->buffer + held;
    const ssize_t got = read(file->fd, file->filled, JOB_LINE_MAX - held);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN
                   ? STATUS_OK
                   : error_set(STATUS_FAILED, "%s: reading failed: %s", file->name,
                               strerror(errno));
    const enum status status =
        file->copying ? keep_copy(file, file->filled, (size_t)got) : STATUS_OK;
    file->filled += got;
    file->at_end = got == 0;
    return status;
}

/* Where the next `byte` stands that is not before `from`; it was *known unless that is before. */
static char *find(const struct job_file *file, char **known, char *from, int byte)
{
    if (!*known || *known < from) {
        *known = memchr(from, byte, (size_t)(file->filled - from));
        if (!*known)
            *known = file->filled;
    }
    return *known;
}

/*
 * Where the line in hand ends: at a CR or LF, or where nothing is filled. Its first `seen` bytes
 * hold no end. Both are looked for once in a buffer that has none of them.
 */
static char *find_end(struct job_file *file, size_t seen)
{
    char *const newline = find(file, &file->newline, file->at + seen, '\n');
    char *const carriage = find(file, &file->carriage, file->at + seen, '\r');
    return newline < carriage ? newline : carriage;
}

/* Finds the next line. JOB_NOT_YET: it has not arrived in whole. */
static enum status next_line(struct job_file *file, bool wait, enum job_next *next)
{
    size_t seen = 0; /* bytes of the line in which its end is not */
    for (;;) {
        if (file->after_carriage && file->at < file->filled) {
            file->at += *file->at == '\n';
            file->after_carriage = false;
        }
        char *const end = find_end(file, seen);
        if (end < file->filled || (file->at_end && end > file->at)) {
            file->line++;
            file->text = (struct field){file->at, (size_t)(end - file->at)};
            file->after_carriage = end < file->filled && *end == '\r';
            file->at = end < file->filled ? end + 1 : end;
            *next = JOB_READ;
            return STATUS_OK;
        }
        *next = file->at_end ? JOB_END : JOB_NOT_YET;
        seen = (size_t)(end - file->at);
        if (seen >= JOB_LINE_MAX) {
            file->line++;
            return error_set(STATUS_USAGE, "%s: the line is longer than %d bytes; " LINE_FORM,
                             job_file_place(file), JOB_LINE_MAX);
        }
        if (file->at_end || !readable(file, wait))
            return STATUS_OK;
        const enum status status = fill(file);
        if (status)
            return status;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/*
 * Splits the line in hand into fields, parted by blanks or one comma with or without blanks around
 * it. Returns how many there are, at most 3; -1 where a comma parts nothing.
 */
static int split(struct job_file *file)
{
    struct field *const field = file->field;
    const char *at = file->text.text;
    const char *const end = at + file->text.length;
    int count = 0;
    bool comma = false; /* a comma was seen, and no field since */
    for (;;) {
        while (at < end && is_blank(*at))
            at++;
        if (at == end || *at == '#')
            return comma ? -1 : count;
        if (*at == ',') {
            if (comma || count == 0)
                return -1;
            comma = true;
            at++;
            continue;
        }
        if (count == 3)
            return 3;
        field[count].text = at;
        while (at < end && !is_blank(*at) && *at != ',' && *at != '#')
            at++;
        field[count].length = (size_t)(at - field[count].text);
        count++;
        comma = false;
    }
}

static SELDOM enum status refuse_bound(struct job_file *file, struct field field,
                                       enum number_error error)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s; " LINE_FORM, job_file_place(file),
                     error_quote(field.text, field.length, quoted), number_error_text(error));
}

static SELDOM enum status refuse_line(struct job_file *file, const char *what)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s; " LINE_FORM, job_file_place(file),
                     error_quote(file->text.text, file->text.length, quoted), what);
}

static SELDOM enum status refuse_backwards(struct job_file *file, struct job job)
{
    char what[80];
    snprintf(what, sizeof what, "runs backwards, from %" PRId64 " to %" PRId64, job.start, job.end);
    return refuse_line(file, what);
}

static enum status parse_bound(struct job_file *file, struct field field, int64_t *bound)
{
    const enum number_error error = number_parse(field.text, field.length, bound);
    return error ? refuse_bound(file, field, error) : STATUS_OK;
}

enum status job_file_next(struct job_file *file, bool wait, enum job_next *next, struct job *job)
{
    for (;;) {
        enum status status = next_line(file, wait, next);
        if (status || *next != JOB_READ)
            return status;
        const int fields = split(file);
        if (fields == 0)
            continue;
        if (fields != 1 && fields != 2)
            return refuse_line(file, fields < 0 ? "has a comma that parts nothing"
                                                : "has more than two fields");
        job->start = file->start;
        if (fields == 2)
            status = parse_bound(file, file->field[0], &job->start);
        if (!status)
            status = parse_bound(file, file->field[fields - 1], &job->end);
        return !status && job->end < job->start ? refuse_backwards(file, *job) : status;
    }
}

enum status job_file_keep(struct job_file *file)
{
    if (file->origin >= 0)
        return STATUS_OK; /* can be read again as it is */
    const char *const named = getenv("TMPDIR");
    const char *const directory = named && *named ? named : "/tmp";
    char path[PATH_MAX];
    errno = ENAMETOOLONG;
    file->copy = snprintf(path, sizeof path, "%s/parsum-XXXXXX", directory) < (int)sizeof path
                     ? mkostemp(path, O_CLOEXEC)
                     : -1;
    if (file->copy < 0)
        return error_set(STATUS_FAILED,
                         "%s: no temporary file for a copy can be made in %s: %s; set TMPDIR to a "
                         "directory where that is possible, or give the jobs as a file",
                         file->name, directory, strerror(errno));
    unlink(path);
    file->copying = true;
    return STATUS_OK;
}

enum status job_file_rewind(struct job_file *file)
{
    if (file->copying) {
        file->copying = false;
        if (file->fd != STDIN_FILENO)
            close(file->fd);
        file->fd = file->copy;
        file->origin = 0;
    }
    if (lseek(file->fd, file->origin, SEEK_SET) < 0)
        return error_set(STATUS_FAILED, "%s: can't be read again: %s; give the jobs as a file",
                         file->name, strerror(errno));
    file->line = 0;
    file->after_carriage = file->at_end = false;
    file->at = file->filled = file->buffer;
    file->newline = file->carriage = NULL;
    return STATUS_OK;
}
