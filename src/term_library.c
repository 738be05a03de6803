#include "term_library.h"

#include "digest.h"
#include "place.h"
#include "signals.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The last bytes of a saved term. One that was copied in part, or damaged, is not loaded: that
 * would crash, or worse.
 */
struct trailer {
    char magic[16];
    uint64_t fast_size; /* of its second library, which comes before this; 0: there is none */
    uint64_t digest;    /* of all that comes before this, and of fast_size */
};
static const char trailer_magic[16] = "parsum term end\n";

/* The features that the code needs and this CPU lacks, each with a space before it. */
static void find_missing(const char *needed, char missing[256])
{
    size_t length = 0;
    missing[0] = '\0';
    (void)needed, (void)length;
#define LOOK(name, macro)                                                                          \
    if (strstr(needed, " " name "=1 ") && !__builtin_cpu_supports(name))                           \
        length += (size_t)snprintf(missing + length, 256 - length, " %s", name);
    TERM_CPU_FEATURES(LOOK)
#undef LOOK
}

static enum status check(const struct term_module *module, const char *name)
{
    if (memcmp(module->magic, TERM_ABI_MAGIC, sizeof module->magic) != 0 ||
        module->version != TERM_ABI_VERSION)
        return diag_error(STATUS_USAGE,
                          "%s was saved by another version of parsum; save it again with this one",
                          name);
    char missing[256];
    find_missing(module->cpu, missing);
    if (missing[0])
        return diag_error(
            STATUS_USAGE,
            "%s was compiled for another CPU, this one lacks%s; compile it again on this "
            "machine, or with PARSUM_CC=\"cc -march=x86-64-v2\"",
            name, missing);
    return STATUS_OK;
}

enum status term_library_find(struct term_library *library, const char *path, const char *name)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    *library = (struct term_library){.found = file >= 0, .file = file};
    return file >= 0 ? STATUS_OK
                     : diag_error(STATUS_USAGE, "%s can't be loaded: %s", name, strerror(errno));
}

bool term_library_needs_no_name(void)
{
    return access("/proc/self/fd", X_OK) == 0;
}

enum status term_library_load(struct term_library *library, const char *path, const char *name)
{
    char by_number[64];
    snprintf(by_number, sizeof by_number, "/proc/self/fd/%d", library->file);
    /* With -ffast-math a library flushes subnormals to zero as soon as it is loaded. */
    fenv_t environment;
    fegetenv(&environment);
    signals_enter_term(0, 0, 0);
    library->handle = dlopen(term_library_needs_no_name() ? by_number : path,
                             RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    signals_leave_term();
    fesetenv(&environment);
    if (!library->handle)
        return diag_error(STATUS_USAGE, "%s can't be loaded: %s", name, dlerror());
    library->module = dlsym(library->handle, "parsum_term");
    return library->module
               ? check(library->module, name)
               : diag_error(STATUS_USAGE,
                            "%s is not a term; take a file that --save-term has written", name);
}

void term_library_close(struct term_library *library)
{
    if (library->found)
        close(library->file);
    *library = (struct term_library){0};
}

static bool write_all(int file, const unsigned char *data, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        const ssize_t put = write(file, data + done, size - done);
        if (put < 0)
            return false;
        done += (uint64_t)put;
    }
    return true;
}

/* Appends `count` bytes of `from` to `to`. */
static bool copy(int to, int from, uint64_t count)
{
    unsigned char block[65536];
    while (count > 0) {
        const size_t want = count < sizeof block ? (size_t)count : sizeof block;
        const ssize_t got = read(from, block, want);
        if (got <= 0 || !write_all(to, block, (size_t)got))
            return false;
        count -= (uint64_t)got;
    }
    return true;
}

/* The digest that belongs in a trailer, of the first `length` bytes of `file`. */
static bool find_digest(int file, off_t length, uint64_t fast_size, uint64_t *digest)
{
    unsigned char block[65536];
    *digest = digest_add(DIGEST_START, &fast_size, sizeof fast_size);
    for (off_t at = 0; at < length;) {
        const off_t left = length - at;
        const size_t want = left < (off_t)sizeof block ? (size_t)left : sizeof block;
        const ssize_t got = pread(file, block, want, at);
        if (got <= 0)
            return false;
        *digest = digest_add(*digest, block, (size_t)got);
        at += got;
    }
    return true;
}

/* Reads the trailer, and places `file` at the second library; false if it is no saved term. */
static bool find_fast(int file, struct trailer *trailer)
{
    const off_t end = lseek(file, 0, SEEK_END) - (off_t)sizeof *trailer;
    if (end < 0 || pread(file, trailer, sizeof *trailer, end) != sizeof *trailer ||
        memcmp(trailer->magic, trailer_magic, sizeof trailer_magic) != 0 ||
        trailer->fast_size > (uint64_t)end)
        return false;
    uint64_t digest;
    if (!find_digest(file, end, trailer->fast_size, &digest) || digest != trailer->digest)
        return false;
    return lseek(file, end - (off_t)trailer->fast_size, SEEK_SET) >= 0;
}

/* The second library is loaded from memory. Where the system does not allow that, there is none. */
static enum status open_fast(struct term_library *fast, int file, uint64_t size, const char *path)
{
    const int memory = size ? memfd_create("parsum-term", MFD_CLOEXEC) : -1;
    if (memory < 0 || !term_library_needs_no_name() || !copy(memory, file, size)) {
        if (memory >= 0)
            close(memory);
        return STATUS_OK;
    }
    *fast = (struct term_library){.found = true, .file = memory};
    return term_library_load(fast, NULL, path);
}

enum status term_library_open_saved(struct term_library *whole, struct term_library *fast,
                                    const char *path)
{
    char *const real = realpath(path, NULL); /* a name without a slash is looked for elsewhere */
    const int file = real ? open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1; /* a FIFO */
    if (file < 0) {
        const enum status failed = diag_error(STATUS_USAGE, "%s: %s", path, strerror(errno));
        free(real);
        return failed;
    }
    *whole = (struct term_library){.found = true, .file = file};
    struct trailer trailer = {.fast_size = 0};
    enum status status =
        find_fast(file, &trailer)
            ? term_library_load(whole, real, path)
            : diag_error(STATUS_USAGE,
                         "%s can't be loaded: it is not a term, not all of one, or damaged; take a "
                         "file that --save-term has written",
                         path);
    if (!status)
        status = open_fast(fast, file, trailer.fast_size, path);
    free(real);
    return status;
}

/* Appends a library's file to `to`; *size is how long it is. */
static bool append(int to, const struct term_library *library, uint64_t *size)
{
    struct stat stat;
    return fstat(library->file, &stat) == 0 && lseek(library->file, 0, SEEK_SET) == 0 &&
           copy(to, library->file, *size = (uint64_t)stat.st_size);
}

/* Both libraries and the trailer, to `file`, which is empty. */
static bool write_saved(int file, const struct term_library *whole, const struct term_library *fast)
{
    struct trailer trailer = {.fast_size = 0};
    memcpy(trailer.magic, trailer_magic, sizeof trailer_magic);
    uint64_t whole_size;
    bool saved = append(file, whole, &whole_size);
    if (saved && fast->found)
        saved = append(file, fast, &trailer.fast_size);
    const off_t size = lseek(file, 0, SEEK_END);
    return saved && size >= 0 && find_digest(file, size, trailer.fast_size, &trailer.digest) &&
           write(file, &trailer, sizeof trailer) == sizeof trailer;
}

enum status term_library_save(const char *path, const struct term_library *whole,
                              const struct term_library *fast)
{
    struct place place;
    struct stat there;
    char fresh[PLACE_FRESH];
    if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return diag_error(STATUS_USAGE, "--save-term: %s is there and no ordinary file; remove it",
                          path);
    const enum status status = place_open(&place, path, STATUS_FAILED);
    if (status)
        return status;
    place_sweep(&place);
    const int file = place_fresh(&place, fresh);
    const mode_t mask = umask(0);
    umask(mask);
    const bool saved = file >= 0 && write_saved(file, whole, fast) &&
                       fchmod(file, 0777 & ~mask) == 0 && fsync(file) == 0 &&
                       place_adopt(&place, fresh) == 0;
    const int error = errno;
    if (file >= 0 && !saved)
        place_drop(&place, fresh, file);
    const bool closed = file < 0 || close(file) == 0;
    place_close(&place);
    if (saved && closed)
        return STATUS_OK;
    return diag_error(STATUS_FAILED, "--save-term: %s can't be written: %s", path,
                      strerror(saved ? errno : error));
}

enum status term_library_put(const struct term_library *library, struct bytes *bytes)
{
    struct stat stat;
    const size_t at = bytes->length + sizeof(uint64_t);
    if (fstat(library->file, &stat) != 0)
        return diag_error(STATUS_FAILED, "the compiled term can't be read: %s", strerror(errno));
    const uint64_t size = (uint64_t)stat.st_size;
    bytes_put(bytes, &size, sizeof size);
    if (!bytes_resize(bytes, at + size))
        return diag_error(STATUS_FAILED, "out of memory for the compiled term");
    for (uint64_t done = 0; done < size;) {
        const ssize_t got = pread(library->file, bytes->data + at + done, size - done, (off_t)done);
        if (got <= 0)
            return diag_error(STATUS_FAILED, "the compiled term can't be read: %s",
                              got < 0 ? strerror(errno) : "it became shorter");
        done += (uint64_t)got;
    }
    return STATUS_OK;
}

enum status term_library_get(struct term_library *library, struct bytes *bytes, const char *name)
{
    uint64_t size;
    bytes_get(bytes, &size, sizeof size);
    const int memory = memfd_create("parsum-term", MFD_CLOEXEC);
    if (memory < 0 || !write_all(memory, bytes->data + bytes->at, size)) {
        const int error = errno;
        if (memory >= 0)
            close(memory);
        return diag_error(STATUS_FAILED, "%s: no memory to load it from: %s", name,
                          strerror(error));
    }
    bytes->at += size;
    *library = (struct term_library){.found = true, .file = memory};
    return term_library_load(library, NULL, name);
}
