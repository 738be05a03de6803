/*
 * capture: what the code under test writes to standard output or error, as text.
 *
 *     capture_begin(STDERR_FILENO);
 *     diag_note("a note");
 *     assert_string_equal(capture_end(STDERR_FILENO), "parsum: a note\n");
 */
#ifndef PARSUM_CAPTURE_H
#define PARSUM_CAPTURE_H

#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    int was[3]; /* where the descriptor led before */
    char text[1 << 16];
} capture;

/* Lets `fd` lead to `to`, which is closed, until capture_end. */
static inline void capture_to(int fd, int to)
{
    assert_true(to >= 0);
    fflush(fd == STDOUT_FILENO ? stdout : stderr);
    capture.was[fd] = dup(fd);
    assert_int_equal(dup2(to, fd), fd);
    close(to);
}

static inline void capture_begin(int fd)
{
    capture_to(fd, memfd_create("captured", MFD_CLOEXEC));
}

/* Lets `fd` lead where it did before. */
static inline void capture_stop(int fd)
{
    FILE *const stream = fd == STDOUT_FILENO ? stdout : stderr;
    fflush(stream);
    clearerr(stream);
    dup2(capture.was[fd], fd);
    close(capture.was[fd]);
}

/* The same, and gives what was written since capture_begin; valid until the next one. */
static inline const char *capture_end(int fd)
{
    fflush(fd == STDOUT_FILENO ? stdout : stderr);
    const ssize_t length = pread(fd, capture.text, sizeof capture.text - 1, 0);
    capture_stop(fd);
    assert_true(length >= 0);
    capture.text[length] = '\0';
    return capture.text;
}

/* A file of nothing but `text`, in the directory for temporary files; the caller unlinks it. */
static inline const char *capture_file(const char *text)
{
    static char name[32];
    strcpy(name, "/tmp/parsum-test-XXXXXX");
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

static inline void assert_contains(const char *text, const char *piece)
{
    if (!strstr(text, piece))
        fail_msg("\"%s\" does not hold \"%s\"", text, piece);
}

#endif
