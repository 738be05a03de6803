/*
 * capture: what the code under test writes to standard output or error, as text.
 *
 *     capture_begin(STDERR_FILENO);
 *     messages_tell("a note");
 *     assert_string_equal(capture_end(STDERR_FILENO), "parsum: a note\n");
 */
#ifndef PARSUM_CAPTURE_H
#define PARSUM_CAPTURE_H

#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    int was[3]; /* where the descriptor led before */
    int screen;
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

/* Lets standard error lead to a terminal until capture_terminal_end. */
static inline void capture_terminal_begin(void)
{
    capture.screen = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(capture.screen >= 0);
    assert_int_equal(grantpt(capture.screen), 0);
    assert_int_equal(unlockpt(capture.screen), 0);
    capture_to(STDERR_FILENO, open(ptsname(capture.screen), O_RDWR | O_NOCTTY));
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

/* What was written since capture_begin, valid until the next call; lets `fd` lead where it did. */
static inline const char *capture_end(int fd)
{
    fflush(fd == STDOUT_FILENO ? stdout : stderr);
    const ssize_t length = pread(fd, capture.text, sizeof capture.text - 1, 0);
    assert_true(length >= 0);
    capture.text[length] = '\0';
    capture_stop(fd);
    return capture.text;
}

/* What the terminal has shown; it comes in pieces, and when none has come for a while, that's it.
 */
static inline const char *capture_terminal_end(void)
{
    struct pollfd poll_fd = {.fd = capture.screen, .events = POLLIN};
    size_t length = 0;
    while (poll(&poll_fd, 1, 200) > 0) {
        const ssize_t got =
            read(capture.screen, capture.text + length, sizeof capture.text - 1 - length);
        assert_true(got > 0);
        length += (size_t)got;
    }
    capture_stop(STDERR_FILENO);
    close(capture.screen);
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

#endif
