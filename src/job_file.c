#include "job_file.h"

#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    FILE *copy;                  /* what was read so far, where a pipe must be rewound; else NULL */
    bool copying;
    bool at_end; /* nothing left to read */
    char *at, *filled;
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
        return diag_error(STATUS_USAGE, "%s: %s; give a file of jobs, one a line", name,
                          strerror(errno));
    struct stat status;
    const bool directory = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    struct job_file *const file = directory ? NULL : calloc(1, sizeof *file);
    if (!file) {
        if (!standard)
            close(fd);
        return directory ? diag_error(STATUS_USAGE,
                                      "%s: is a directory; give a file of jobs, one a line", name)
                         : diag_error(STATUS_FAILED, "%s: out of memory for its buffer", name);
    }
    file->name = name;
    file->fd = fd;
    file->origin = lseek(fd, 0, SEEK_CUR);
    file->start = start;
    file->at = file->filled = file->buffer;
    *opened = file;
    return STATUS_OK;
}

void job_file_close(struct job_file *file)
{
    if (!file)
        return;
    if (file->fd != STDIN_FILENO && !(file->copy && file->fd == fileno(file->copy)))
        close(file->fd);
    if (file->copy)
        fclose(file->copy);
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

/* Reads more behind the line in hand, which moves to the front of the buffer. */
static enum status fill(struct job_file *file)
{
    const size_t held = (size_t)(file->filled - file->at);
    memmove(file->buffer, file->at, held);
    file->at = file->buffer;
    file->filled = file->buffer + held;
    const ssize_t got = read(file->fd, file->filled, JOB_LINE_MAX - held);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN
                   ? STATUS_OK
                   : diag_error(STATUS_FAILED, "%s: reading failed: %s", file->name,
                                strerror(errno));
    if (file->copying && fwrite(file->filled, 1, (size_t)got, file->copy) != (size_t)got)
        return diag_error(STATUS_FAILED, "%s: keeping a copy failed: %s; give the jobs as a file",
                          file->name, strerror(errno));
    file->filled += got;
    file->at_end = got == 0;
    return STATUS_OK;
}

/* Finds the next line. JOB_NOT_YET: it has not arrived in whole. */
static enum status next_line(struct job_file *file, bool wait, enum job_next *next)
{
    char *newline = memchr(file->at, '\n', (size_t)(file->filled - file->at));
    while (!newline && !file->at_end) {
        if (file->filled - file->at >= JOB_LINE_MAX) {
            file->line++;
            return diag_error(STATUS_USAGE,
                              "%s: the line is longer than %d bytes; a line is END, "
                              "START END or START,END",
                              job_file_place(file), JOB_LINE_MAX);
        }
        *next = JOB_NOT_YET;
        if (!readable(file, wait))
            return STATUS_OK;
        const size_t held = (size_t)(file->filled - file->at);
        const enum status status = fill(file);
        if (status)
            return status;
        newline = memchr(file->at + held, '\n', (size_t)(file->filled - file->at) - held);
    }
    if (!newline && file->at == file->filled) {
        *next = JOB_END;
        return STATUS_OK;
    }
    file->line++;
    const char *const end = newline ? newline : file->filled;
    file->text = (struct field){file->at, (size_t)(end - file->at)};
    file->at = newline ? newline + 1 : file->filled;
    *next = JOB_READ;
    return STATUS_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
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
    char quoted[DIAG_QUOTED];
    return diag_error(STATUS_USAGE, "%s: %s %s; a line is END, START END or START,END",
                      job_file_place(file), diag_quote(field.text, field.length, quoted),
                      number_error_text(error));
}

static SELDOM enum status refuse_line(struct job_file *file, const char *what)
{
    char quoted[DIAG_QUOTED];
    return diag_error(STATUS_USAGE, "%s: %s has %s; a line is END, START END or START,END",
                      job_file_place(file), diag_quote(file->text.text, file->text.length, quoted),
                      what);
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
            return refuse_line(file,
                               fields < 0 ? "a comma that parts nothing" : "more than two fields");
        job->start = file->start;
        if (fields == 2)
            status = parse_bound(file, file->field[0], &job->start);
        return status ? status : parse_bound(file, file->field[fields - 1], &job->end);
    }
}

enum status job_file_keep(struct job_file *file)
{
    if (file->origin >= 0)
        return STATUS_OK; /* can be read again as it is */
    file->copy = tmpfile();
    if (!file->copy)
        return diag_error(STATUS_FAILED,
                          "%s: no temporary file for a copy: %s; give the jobs as a file",
                          file->name, strerror(errno));
    file->copying = true;
    return STATUS_OK;
}

enum status job_file_rewind(struct job_file *file)
{
    if (file->copying) {
        file->copying = false;
        if (fflush(file->copy) != 0)
            return diag_error(STATUS_FAILED,
                              "%s: keeping a copy failed: %s; give the jobs as a file", file->name,
                              strerror(errno));
        if (file->fd != STDIN_FILENO)
            close(file->fd);
        file->fd = fileno(file->copy);
        file->origin = 0;
    }
    if (lseek(file->fd, file->origin, SEEK_SET) < 0)
        return diag_error(STATUS_FAILED, "%s: can't be read again: %s; give the jobs as a file",
                          file->name, strerror(errno));
    file->line = 0;
    file->at_end = false;
    file->at = file->filled = file->buffer;
    return STATUS_OK;
}
