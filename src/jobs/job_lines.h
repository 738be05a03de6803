/*
 * job_lines: the lines of a file or pipe, read as the run goes.
 *
 * A line ends with LF, CR or CR LF. Once the separator of a table is set, its rows take the place
 * of lines: a row goes on where a line ends in quotes. Where a stop may be asked for, nothing waits
 * longer than a fifth of a second.
 */
#ifndef PARSUM_JOB_LINES_H
#define PARSUM_JOB_LINES_H

#include "base/error.h"
#include "jobs/columns.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How a job is written on a line, as the end of a message. */
#define LINE_FORM "a line is END, START END or START,END with START <= END, and " JOB_NUMBERS

/* The longest line, in bytes, with its end. */
enum { LINE_MAX_LENGTH = 65536 };

struct lines {
    const char *name; /* for messages */
    int fd;
    off_t origin;      /* where they begin in it; -1 if it is a pipe */
    bool regular;      /* a regular file: it can be read again */
    char separator;    /* of a table, whose rows go on within quotes; 0: it is none */
    uint64_t line;     /* where what was read last begins, from 1; 0: nothing was read */
    uint64_t next;     /* where what follows it begins */
    struct field text; /* that line; it may be written to, until the next call */
    bool copying;      /* what is read goes to `copy` as well */
    int copy;
    bool after_carriage; /* the line ended with CR: an LF that follows belongs to it */
    bool at_end;         /* nothing left to read */
    char *at, *filled;
    char *newline, *carriage; /* the next LF and CR, or `filled`; NULL or before `at`: not known */
    char buffer[LINE_MAX_LENGTH + 1]; /* with a NUL at `filled` */
    size_t place_name;                /* bytes of it that stay: "NAME:" */
    char place[320];
};

/* Opens `path`, "-" is standard input; STATUS_USAGE if it can't be read. The caller closes it. */
enum status lines_open(struct lines *lines, const char *path) MUST_CHECK;
void lines_close(struct lines *lines);

/*
 * Finds the next line, lines->text, when *next is JOB_READ. With `wait` it blocks until there is
 * something to say, but comes back with JOB_NOT_YET about five times a second and at a signal.
 * A line that is too long is STATUS_USAGE, a failed read STATUS_FAILED.
 */
enum status lines_next(struct lines *lines, bool wait, enum job_next *next) MUST_CHECK;

/* Goes on at `to`, behind so many lines that the caller found himself, each with an LF. */
void lines_pass(struct lines *lines, char *to, uint64_t count);

/* Puts the line that was read last back, unless it was written to. */
void lines_put_back(struct lines *lines);

/* As job_source_rewind, _keep and _place. */
enum status lines_rewind(struct lines *lines) MUST_CHECK;
enum status lines_keep(struct lines *lines) MUST_CHECK;
const char *lines_place(struct lines *lines);

#endif
