/*
 * faults: calls that fail on demand. Linked into parsum with --wrap, it stands between the program
 * and the C library:
 *
 *     PARSUM_FAULT="write 3 fail"     the third call of write fails
 *     PARSUM_FAULT="write 3 always"   it and all that follow
 *     PARSUM_FAULT="read 1 short"     from the first on, each moves one byte at most
 *     PARSUM_FAULT="read 2 EINTR"     the second is interrupted by a signal
 *
 * With PARSUM_FAULT_FILES="1234" no file may grow beyond so many bytes from here on;
 * ThreadSanitizer needs larger ones before. The file named by PARSUM_FAULT_SEEN is made as soon as
 * that happens. Of calls that end something (close, fclose) the real one is made first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    char name[32], how[16];
    int first;
    bool read;
} wanted;
static atomic_int calls;
static atomic_bool over;

/* What comes after the program's end, such as counts of lines for gcov, is none of its calls. */
static void end(void)
{
    over = true;
}

__attribute__((constructor)) static void begin(void)
{
    (void)atexit(end);
    const char *const files = getenv("PARSUM_FAULT_FILES");
    if (!files)
        return;
    const rlim_t bytes = strtoul(files, NULL, 10);
    const struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
}

/* Is this call of `name` to suffer, and that in this way? */
static bool suffers(const char *name, const char *how)
{
    if (over)
        return false;
    if (!wanted.read) {
        const char *const text = getenv("PARSUM_FAULT");
        if (!text || sscanf(text, "%31s %d %15s", wanted.name, &wanted.first, wanted.how) != 3)
            wanted.name[0] = '\0';
        wanted.read = true;
    }
    return strcmp(name, wanted.name) == 0 && strcmp(how, wanted.how) == 0;
}

int __real_close(int fd);

static void note(void)
{
    const char *const seen = getenv("PARSUM_FAULT_SEEN");
    const int file = seen ? creat(seen, 0600) : -1;
    if (file >= 0)
        __real_close(file);
}

static bool is_now(bool also_later)
{
    const int call = atomic_fetch_add(&calls, 1) + 1;
    const bool now = also_later ? call >= wanted.first : call == wanted.first;
    if (now)
        note();
    return now;
}

/* Does this call of `name` fail? Sets errno then. */
static bool fails(const char *name, int error)
{
    if (suffers(name, "EINTR"))
        error = EINTR;
    else if (!suffers(name, "fail") && !suffers(name, "always"))
        return false;
    if (!is_now(suffers(name, "always")))
        return false;
    errno = error;
    return true;
}

static size_t shortened(const char *name, size_t size)
{
    return size > 1 && suffers(name, "short") && is_now(true) ? 1 : size;
}

/* NAME fails with ERROR and returns FAILURE, or does what it always does. */
#define WRAP(TYPE, NAME, FAILURE, ERROR, PARAMETERS, ARGUMENTS)                                    \
    TYPE __real_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS                                                                  \
    {                                                                                              \
        return fails(#NAME, ERROR) ? (FAILURE) : __real_##NAME ARGUMENTS;                          \
    }

/* The same for one that ends something: it does so, and fails. */
#define WRAP_END(TYPE, NAME, FAILURE, ERROR, PARAMETERS, ARGUMENTS)                                \
    TYPE __real_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS                                                                  \
    {                                                                                              \
        const TYPE ended = __real_##NAME ARGUMENTS;                                                \
        return fails(#NAME, ERROR) ? (FAILURE) : ended;                                            \
    }

/* The same for one that moves bytes. */
#define WRAP_MOVE(NAME, ERROR, BUFFER)                                                             \
    ssize_t __real_##NAME(int fd, BUFFER bytes, size_t size);                                      \
    ssize_t __wrap_##NAME(int fd, BUFFER bytes, size_t size);                                      \
    ssize_t __wrap_##NAME(int fd, BUFFER bytes, size_t size)                                       \
    {                                                                                              \
        return fails(#NAME, ERROR) ? -1 : __real_##NAME(fd, bytes, shortened(#NAME, size));        \
    }

WRAP(void *, malloc, NULL, ENOMEM, (size_t size), (size))
WRAP(void *, calloc, NULL, ENOMEM, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, NULL, ENOMEM, (void *block, size_t size), (block, size))
WRAP(void *, aligned_alloc, NULL, ENOMEM, (size_t alignment, size_t size), (alignment, size))
WRAP(char *, strdup, NULL, ENOMEM, (const char *text), (text))
WRAP(char *, realpath, NULL, ENOMEM, (const char *path, char *resolved), (path, resolved))
WRAP(FILE *, open_memstream, NULL, ENOMEM, (char **text, size_t *size), (text, size))

WRAP_MOVE(read, EIO, void *)
WRAP_MOVE(write, ENOSPC, const void *)
WRAP(ssize_t, pread, -1, EIO, (int fd, void *bytes, size_t size, off_t at),
     (fd, bytes, shortened("pread", size), at))
WRAP(off_t, lseek, -1, EIO, (int fd, off_t at, int whence), (fd, at, whence))
WRAP(int, fsync, -1, EIO, (int fd), (fd))
WRAP(int, fdatasync, -1, ENOSPC, (int fd), (fd))
WRAP(int, fstat, -1, EIO, (int fd, struct stat *status), (fd, status))
WRAP(int, stat, -1, EIO, (const char *path, struct stat *status), (path, status))
WRAP(int, fstatat, -1, EIO, (int directory, const char *name, struct stat *status, int flags),
     (directory, name, status, flags))
WRAP(int, renameat, -1, ENOSPC,
     (int old_directory, const char *from, int new_directory, const char *to),
     (old_directory, from, new_directory, to))
WRAP(ssize_t, getrandom, -1, ENOSYS, (void *bytes, size_t size, unsigned flags),
     (bytes, size, flags))
WRAP(int, poll, -1, ENOMEM, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
WRAP_END(int, close, -1, ENOSPC, (int fd), (fd))

WRAP(FILE *, fopen, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
WRAP(int, mkostemp, -1, EMFILE, (char *path, int flags), (path, flags))
WRAP(size_t, fread, 0, EIO, (void *bytes, size_t size, size_t count, FILE *file),
     (bytes, size, count, file))

/* Marks a stream that only takes bytes as one that has failed, as a write that fails does: none can
 * be read. */
static size_t nothing_written(FILE *file)
{
    (void)getc(file);
    errno = ENOSPC;
    return 0;
}

WRAP(size_t, fwrite, nothing_written(file), ENOSPC,
     (const void *bytes, size_t size, size_t count, FILE *file), (bytes, size, count, file))
WRAP(int, fflush, EOF, ENOSPC, (FILE * file), (file))
WRAP_END(int, fclose, EOF, ENOSPC, (FILE * file), (file))

WRAP(char *, mkdtemp, NULL, EACCES, (char *pattern), (pattern))
WRAP(DIR *, opendir, NULL, EMFILE, (const char *path), (path))
WRAP(int, memfd_create, -1, EMFILE, (const char *name, unsigned flags), (name, flags))
WRAP(int, fchmod, -1, EPERM, (int fd, mode_t mode), (fd, mode))
WRAP(pid_t, _Fork, -1, EAGAIN, (void), ())
WRAP(int, pipe2, -1, EMFILE, (int ends[2], int flags), (ends, flags))
WRAP(int, flock, -1, ENOLCK, (int file, int operation), (file, operation))
WRAP(pid_t, waitpid, -1, ECHILD, (pid_t child, int *status, int options), (child, status, options))

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails("open", EMFILE) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails("openat", EMFILE) ? -1 : __real_openat(directory, path, flags, mode);
}
