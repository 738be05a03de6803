#include "term/library_loaded.h"

#include "base/activity.h"
#include "base/scratch.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *all; /* the libraries that were loaded, and */
static unsigned loads;     /* how often one was; both under the lock */

/* Writes a copy of the library with a name of its own, for where there is no /proc, as in a bare
   chroot. */
static bool copy_library(const struct bytes *bytes, struct scratch *scratch, char path[PATH_MAX])
{
    const char *const named = getenv("TMPDIR");
    if (scratch_make(scratch, named && *named ? named : "/tmp") != 0)
        return false;
    if (snprintf(path, PATH_MAX, "%s/term.so", scratch->path) >= PATH_MAX)
        return false;
    const int copy = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    bool copied = copy >= 0;
    for (size_t done = 0; copied && done < bytes->length;) {
        const ssize_t put = write(copy, bytes->data + done, bytes->length - done);
        copied = put >= 0;
        done += copied ? (size_t)put : 0;
    }
    if (copy >= 0)
        close(copy);
    return copied;
}

/*
 * Is it a function of the C library whose last bits are not the same everywhere? Names of vectors
 * of them begin with _ZGV, and those that GCC calls under -ffast-math may end with _finite.
 */
static bool is_machines(const char *name)
{
    static const char *const names[] = {
        "exp",   "exp2",  "exp10", "expm1",  "log",    "log2",   "log10",  "log1p",
        "pow",   "cbrt",  "hypot", "sin",    "cos",    "tan",    "sincos", "asin",
        "acos",  "atan",  "atan2", "sinh",   "cosh",   "tanh",   "asinh",  "acosh",
        "atanh", "erf",   "erfc",  "lgamma", "tgamma", "gamma",  "j0",     "j1",
        "jn",    "y0",    "y1",    "yn",     "cexp",   "clog",   "clog10", "cpow",
        "csqrt", "cabs",  "carg",  "csin",   "ccos",   "ctan",   "casin",  "cacos",
        "catan", "csinh", "ccosh", "ctanh",  "casinh", "cacosh", "catanh",
    };
    if (strncmp(name, "_ZGV", 4) == 0)
        return true;
    const char *const start = name + (strncmp(name, "__", 2) == 0 ? 2 : 0);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const size_t length = strlen(names[k]);
        if (strncmp(start, names[k], length) != 0)
            continue;
        const char *const rest = start + length + strspn(start + length, "fl");
        if (rest - start <= (ptrdiff_t)length + 1 &&
            (!*rest || strcmp(rest, "_r") == 0 || strcmp(rest, "_finite") == 0))
            return true;
    }
    return false;
}

/* Does a loaded library call such functions? Their names are among its strings. */
static bool calls_machines(void *handle)
{
    const struct link_map *map;
    const char *strings = NULL;
    size_t size = 0;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return true;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_STRTAB)
            memcpy(&strings, &entry->d_un.d_ptr, sizeof strings);
        if (entry->d_tag == DT_STRSZ)
            size = entry->d_un.d_val;
    }
    for (size_t at = 0; strings && at < size; at += strlen(strings + at) + 1)
        if (is_machines(strings + at))
            return true;
    return false;
}

/*
 * The file by a path that no other load of this process has used: the dynamic linker takes a
 * library of the same path for the one that it has, even if the file is another by now. Each digit
 * of the number is a step that leads nowhere, "/" or "/.".
 */
static void unique_path(int file, unsigned number, char path[PATH_MAX])
{
    char *at = stpcpy(path, "/proc/self/fd");
    for (int bit = 0; bit < 32; bit++)
        at = stpcpy(at, number >> bit & 1 ? "/." : "/");
    sprintf(at, "/%d", file);
}

/* Loads the library, and finds out what it is. */
static enum status load(struct loaded *loaded, int file, unsigned number, const char *name)
{
    char path[PATH_MAX];
    struct scratch scratch = {.lock = -1};
    unique_path(file, number, path);
    if (access(path, F_OK) != 0 && !copy_library(&loaded->file, &scratch, path)) {
        const int error = errno;
        (void)scratch_close(&scratch);
        return error_set(
            STATUS_FAILED,
            "%s can't be loaded: there is no /proc, and no copy of it can be made: %s; "
            "set TMPDIR to a directory with room",
            name, strerror(error));
    }
    /* With -ffast-math a library flushes subnormals to zero as soon as it is loaded. */
    fenv_t environment;
    fegetenv(&environment);
    activity_enter(0, 0, 0, 0);
    void *const handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    activity_leave();
    fesetenv(&environment);
    (void)scratch_close(&scratch); /* what is loaded needs its name no more */
    if (!handle)
        return error_set(STATUS_USAGE, "%s can't be loaded: %s", name, dlerror());
    loaded->machine = calls_machines(handle);
    loaded->module = dlsym(handle, "parsum_term");
    return STATUS_OK;
}

/* One that is the same and free. */
static struct loaded *find_free(const struct bytes *bytes)
{
    struct loaded *at = all;
    while (at && (at->taken || at->file.length != bytes->length ||
                  memcmp(at->file.data, bytes->data, bytes->length) != 0))
        at = at->next;
    return at;
}

enum status loaded_take(struct loaded **taken, int file, struct bytes *bytes, const char *name)
{
    pthread_mutex_lock(&lock);
    struct loaded *found = find_free(bytes);
    if (found)
        found->taken = true;
    const unsigned number = loads += !found;
    pthread_mutex_unlock(&lock);
    if (!found) {
        found = calloc(1, sizeof *found);
        if (!found)
            return error_set(STATUS_FAILED, "%s: out of memory to load it", name);
        found->taken = true;
        found->file = *bytes;
        const enum status status = load(found, file, number, name);
        if (status) {
            free(found);
            return status;
        }
        *bytes = (struct bytes){0}; /* they are kept */
        pthread_mutex_lock(&lock);
        found->next = all;
        all = found;
        pthread_mutex_unlock(&lock);
    }
    *taken = found;
    return STATUS_OK;
}

void loaded_give_back(struct loaded *loaded)
{
    if (!loaded)
        return;
    pthread_mutex_lock(&lock);
    loaded->taken = false;
    pthread_mutex_unlock(&lock);
}
