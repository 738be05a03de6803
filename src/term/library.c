#include "term/library.h"

#include "base/digest.h"
#include "base/cpu.h"
#include "base/machine.h"
#include "base/place.h"
#include "term/library_loaded.h"

#include <errno.h>
#include <fcntl.h>
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
#define LOOK(name, macro, feature)                                                                 \
    if (strstr(needed, " " name "=1 ") && !CPU_HAS(name, feature))                                 \
        length += (size_t)snprintf(missing + length, 256 - length, " %s", name);
    TERM_CPU_FEATURES(LOOK)
#undef LOOK
}

static enum status check(const struct term_module *module, const char *name)
{
    if (memcmp(module->magic, TERM_ABI_MAGIC, sizeof module->magic) != 0 ||
        module->version != TERM_ABI_VERSION)
        return error_set(STATUS_USAGE,
                         "%s was saved by another version of parsum; save it again with this one",
                         name);
    char missing[256];
    find_missing(module->cpu, missing);
    if (missing[0])
        return error_set(
            STATUS_USAGE,
            "%s was compiled for another CPU, this one lacks%s; compile it again on this "
            "machine, or with PARSUM_CC=\"cc -march=x86-64-v2\"",
            name, missing);
    return STATUS_OK;
}

bool term_library_find(struct term_library *library, const char *path)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* it may be a FIFO */
    *library = (struct term_library){.found = file >= 0, .file = file};
    return file >= 0;
}

/* Appends the file of a library; false if it can't be read. */
static bool append_file(struct bytes *bytes, int file, uint64_t *size)
{
    struct stat stat;
    const size_t at = bytes->length;
    if (fstat(file, &stat) != 0 || !bytes_resize(bytes, at + (size_t)stat.st_size))
        return false;
    *size = (uint64_t)stat.st_size;
    for (uint64_t done = 0; done < *size;) {
        const ssize_t got =
            pread(file, bytes->data + at + done, (size_t)(*size - done), (off_t)done);
        if (got <= 0)
            return false;
        done += (uint64_t)got;
    }
    return true;
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

enum status term_library_load(struct term_library *library, const char *name)
{
    struct bytes file = {0};
    uint64_t size;
    enum status status = append_file(&file, library->file, &size)
                             ? loaded_take(&library->loaded, library->file, &file, name)
                             : error_set(STATUS_FAILED, "%s can't be read: %s", name,
                                         file.failed ? "out of memory" : strerror(errno));
    bytes_free(&file);
    if (status)
        return status;
    library->module = library->loaded->module;
    return library->module
               ? check(library->module, name)
               : error_set(STATUS_USAGE,
                           "%s is not a term; take a file that --save-term has written", name);
}

bool term_library_is_machines(const struct term_library *library)
{
    return library->loaded && library->loaded->machine;
}

void term_library_close(struct term_library *library)
{
    loaded_give_back(library->loaded);
    if (library->found)
        close(library->file);
    *library = (struct term_library){0};
}

static enum status load_from_memory(struct term_library *library, const unsigned char *data,
                                    uint64_t size, const char *name)
{
    const int memory = memfd_create("parsum-term", MFD_CLOEXEC);
    if (memory >= 0 && write_all(memory, data, size)) {
        *library = (struct term_library){.found = true, .file = memory};
        return term_library_load(library, name);
    }
    const int error = errno;
    if (memory >= 0)
        close(memory);
    return error_set(STATUS_FAILED, "%s: no memory to load it from: %s", name, strerror(error));
}

static uint64_t digest(const unsigned char *data, size_t length, uint64_t fast_size)
{
    return digest_add(digest_add(DIGEST_START, &fast_size, sizeof fast_size), data, length);
}

bool term_library_pack(const struct term_library *whole, const struct term_library *fast,
                       struct bytes *bytes)
{
    struct trailer trailer = {.fast_size = 0};
    uint64_t whole_size;
    memcpy(trailer.magic, trailer_magic, sizeof trailer_magic);
    if (!append_file(bytes, whole->file, &whole_size) ||
        (fast->found && !append_file(bytes, fast->file, &trailer.fast_size)))
        return false;
    trailer.digest = digest(bytes->data, bytes->length, trailer.fast_size);
    bytes_put(bytes, &trailer, sizeof trailer);
    return !bytes->failed;
}

enum status term_library_unpack(struct term_library *whole, struct term_library *fast,
                                const unsigned char *data, size_t length, const char *name)
{
    struct trailer trailer = {.fast_size = 0};
    const size_t end = length - sizeof trailer;
    if (length >= sizeof trailer)
        memcpy(&trailer, data + end, sizeof trailer);
    if (memcmp(trailer.magic, trailer_magic, sizeof trailer_magic) != 0 ||
        trailer.fast_size > end || trailer.digest != digest(data, end, trailer.fast_size))
        return error_set(STATUS_USAGE,
                         "%s can't be loaded: it is not a term, not all of one, or damaged; take a "
                         "file that --save-term has written",
                         name);
    const enum status status = whole->found
                                   ? term_library_load(whole, name)
                                   : load_from_memory(whole, data, end - trailer.fast_size, name);
    if (status || trailer.fast_size == 0)
        return status;
    return load_from_memory(fast, data + end - trailer.fast_size, trailer.fast_size, name);
}

enum status term_library_open_saved(struct term_library *whole, struct term_library *fast,
                                    const char *path)
{
    struct bytes bytes = {0};
    uint64_t size;
    const enum status status =
        term_library_find(whole, path) && append_file(&bytes, whole->file, &size)
            ? term_library_unpack(whole, fast, bytes.data, bytes.length, path)
            : error_set(STATUS_USAGE, "%s: %s", path, strerror(errno));
    bytes_free(&bytes);
    return status;
}

/* Writes the file, and gives it its name. */
static bool write_saved(struct place *place, const struct bytes *bytes)
{
    char fresh[PLACE_FRESH];
    const int file = place_is_writable(place) ? place_fresh(place, fresh) : -1;
    if (file < 0)
        return false;
    const bool saved = write_all(file, bytes->data, bytes->length) &&
                       place_permit(place, file, 0777 & ~machine_umask()) == 0 &&
                       fsync(file) == 0 && place_adopt(place, fresh) == 0;
    const int error = errno;
    if (!saved)
        place_drop(place, fresh, file);
    const bool closed = close(file) == 0;
    if (!saved)
        errno = error;
    return saved && closed;
}

enum status term_library_save(const char *path, const struct term_library *whole,
                              const struct term_library *fast)
{
    struct place place;
    struct bytes bytes = {0};
    struct stat there;
    if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return error_set(STATUS_USAGE, "--save-term: %s is there and no ordinary file; remove it",
                         path);
    enum status status = place_open(&place, path, STATUS_FAILED);
    if (status)
        return status;
    place_sweep(&place);
    if (!term_library_pack(whole, fast, &bytes) || !write_saved(&place, &bytes))
        status =
            error_set(STATUS_FAILED, "--save-term: %s can't be written: %s", path, strerror(errno));
    place_close(&place);
    bytes_free(&bytes);
    return status;
}

enum status term_library_put(const struct term_library *library, struct bytes *bytes)
{
    const size_t at = bytes->length;
    uint64_t size = 0;
    bytes_put(bytes, &size, sizeof size);
    if (bytes->failed || !append_file(bytes, library->file, &size))
        return error_set(STATUS_FAILED, "the compiled term can't be read: %s", strerror(errno));
    memcpy(bytes->data + at, &size, sizeof size);
    return STATUS_OK;
}

enum status term_library_get(struct term_library *library, struct bytes *bytes, const char *name)
{
    uint64_t size;
    bytes_get(bytes, &size, sizeof size);
    const unsigned char *const data = bytes->data + bytes->at;
    bytes->at += size;
    return load_from_memory(library, data, size, name);
}
