#include "term/cache.h"

#include "base/digest.h"
#include "base/place.h"
#include "term/cache_key.h"
#include "term/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file that is larger than this is none of the cache's. */
#define FILE_BYTES (CACHE_BYTES / 4)

/* Clocks of file systems are that coarse. */
#define COARSE_NS 50000000

/* The end of a file; before it lie a saved term, names of files, and messages. */
struct tail {
    char magic[16];
    uint64_t saved, files, messages; /* bytes */
    uint64_t facts, content;         /* of the files */
    int64_t low, high;               /* it serves runs that contain these; low > high: all */
    uint64_t digest;                 /* of all that comes before this */
};
static const char magic[16] = "parsum cached 2\n";

/* The range of a run; all integers where it is not known. */
static struct term_range whole_range(struct term_range range)
{
    return range.known ? range : (struct term_range){false, INT64_MIN, INT64_MAX};
}

/* The next one of a few sizes; 1 stays, as what divides by i is proved from there. */
static int64_t round_up(int64_t i)
{
    static const int bits[] = {12, 20, 24, 28, 31, 40, 53};
    if (i <= 1)
        return i;
    for (size_t k = 0; k < sizeof bits / sizeof *bits; k++)
        if (i <= INT64_C(1) << bits[k])
            return INT64_C(1) << bits[k];
    return INT64_MAX;
}

static struct term_range round_range(struct term_range range)
{
    const int64_t low = range.low > 0            ? 1
                        : range.low == INT64_MIN ? INT64_MIN
                                                 : -round_up(-range.low);
    return (struct term_range){true, low, range.high > 0 ? round_up(range.high) : range.high};
}

/* Opens the directory that `name` is in, or makes it; -1: neither is possible. */
static int enter(int parent, const char *name, int flags)
{
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}

/* The directory that caches lie in; it may be a link, and need not be private. */
static int open_base(char path[PATH_MAX])
{
    const char *const base = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    if (base && *base == '/')
        snprintf(path, PATH_MAX, "%s", base);
    else if (home && *home == '/')
        snprintf(path, PATH_MAX, "%s/.cache", home);
    else
        return -1;
    return enter(AT_FDCWD, path, 0);
}

static bool is_own(int file, mode_t forbidden)
{
    struct stat found;
    return fstat(file, &found) == 0 && found.st_uid == geteuid() && !(found.st_mode & forbidden);
}

static int open_directory(void)
{
    char path[PATH_MAX];
    const int base = open_base(path);
    if (base < 0)
        return -1;
    /* Root makes none in the home of somebody else, who could then not use it. */
    const int directory = is_own(base, 0) ? enter(base, "parsum", O_NOFOLLOW) : -1;
    const bool private = directory >= 0 && is_own(directory, 077);
    if (!private && (directory >= 0 || errno == ELOOP || errno == ENOTDIR))
        error_note(
            "%s/parsum is not used to keep compiled terms: it is no directory of this user's "
            "alone; remove it",
            path);
    close(base);
    if (private)
        return directory;
    if (directory >= 0)
        close(directory);
    return -1;
}

static bool is_wanted(const struct term_spec *spec)
{
    const char *const setting = getenv("PARSUM_CACHE");
    return !spec->no_cache && !(setting && strcmp(setting, "off") == 0);
}

void cache_open(struct cache *cache, const struct term_spec *spec, const struct recipe *recipe,
                struct term_range range, const char *text, size_t length)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *cache = (struct cache){.directory = -1, .compiler = recipe->compiler};
    cache->since_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec - COARSE_NS;
    cache->range = cache->wide = whole_range(range);
    uint64_t file;
    if (!is_wanted(spec) || term_source_digest(spec, &file))
        return;
    cache->key = malloc(sizeof *cache->key);
    if (!cache->key || !cache_key_make(cache->key, recipe, text, length, file))
        return;
    const bool any_range = spec->save;
    cache_key_add(cache->key, &any_range, sizeof any_range);
    cache->directory = open_directory();
    if (cache->directory >= 0 && range.known && !spec->save)
        cache->wide = round_range(range);
}

void cache_close(struct cache *cache)
{
    if (cache->directory >= 0)
        close(cache->directory);
    free(cache->key);
    *cache = (struct cache){.directory = -1};
}

/* The name of the file for a range, as a place. */
static struct place place_of(const struct cache *cache, struct term_range range)
{
    struct place place = {.directory = cache->directory};
    struct cache_key key = *cache->key;
    cache_key_add(&key, &(int64_t[]){range.known, range.low, range.high}, 3 * sizeof(int64_t));
    snprintf(place.name, sizeof place.name, "%016" PRIx64 "%016" PRIx64, key.words[0],
             key.words[1]);
    return place;
}

/* Reads a file of the cache. */
static bool read_file(const struct place *place, struct bytes *bytes)
{
    const int file =
        openat(place->directory, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;
    if (file < 0)
        return false;
    bool good = fstat(file, &found) == 0 && S_ISREG(found.st_mode) && is_own(file, 022) &&
                found.st_size <= FILE_BYTES && bytes_resize(bytes, (size_t)found.st_size);
    for (size_t done = 0; good && done < bytes->length;) {
        const ssize_t got = read(file, bytes->data + done, bytes->length - done);
        good = got > 0;
        done += good ? (size_t)got : 0;
    }
    if (good)
        (void)futimens(file, NULL); /* it was used */
    close(file);
    return good;
}

/* Is this a whole file of the cache? Then *tail is its end. */
static bool read_tail(const struct bytes *bytes, struct tail *tail)
{
    if (bytes->length < sizeof *tail)
        return false;
    const size_t before = bytes->length - sizeof *tail, undigested = sizeof tail->digest;
    memcpy(tail, bytes->data + before, sizeof *tail);
    return memcmp(tail->magic, magic, sizeof magic) == 0 &&
           tail->digest == digest_add(DIGEST_START, bytes->data, bytes->length - undigested) &&
           tail->saved + tail->files + tail->messages == before;
}

/* Are the files that the term includes as they were? */
static bool are_same(const struct cache *cache, const struct bytes *bytes, const struct tail *tail)
{
    uint64_t state;
    return (cache_key_state(cache->compiler, bytes, tail->saved, false, INT64_MAX, &state) &&
            state == tail->facts) ||
           (cache_key_state(cache->compiler, bytes, tail->saved, true, INT64_MAX, &state) &&
            state == tail->content);
}

static bool load(const struct cache *cache, struct term_range range, struct term_library *whole,
                 struct term_library *fast, char **messages)
{
    const struct place place = place_of(cache, range);
    struct bytes bytes = {0};
    struct tail tail;
    bool good =
        read_file(&place, &bytes) && read_tail(&bytes, &tail) &&
        (tail.low > tail.high || (cache->range.low <= tail.low && tail.high <= cache->range.high));
    if (good) {
        bytes.length = tail.saved + tail.files;
        good = are_same(cache, &bytes, &tail);
    }
    if (good) {
        *messages = strndup((char *)bytes.data + tail.saved + tail.files, tail.messages);
        good =
            *messages && !term_library_unpack(whole, fast, bytes.data, tail.saved, "a cached term");
        if (!good) {
            term_library_close(whole);
            term_library_close(fast);
            free(*messages);
            error_clear();
        }
    }
    bytes_free(&bytes);
    return good;
}

bool cache_find(const struct cache *cache, struct term_library *whole, struct term_library *fast,
                char **messages)
{
    if (cache->directory < 0)
        return false;
    return load(cache, cache->range, whole, fast, messages) ||
           load(cache, cache->wide, whole, fast, messages);
}

struct kept {
    char name[NAME_MAX + 1];
    struct timespec used;
    int64_t bytes;
};

static int compare_use(const void *a, const void *b)
{
    const struct timespec *const x = &((const struct kept *)a)->used, *const y =
                                                                          &((const struct kept *)b)
                                                                               ->used;
    return x->tv_sec != y->tv_sec ? (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec)
                                  : (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes what was not used for the longest time, until the rest is small enough. */
static void shrink(int cache)
{
    const int fd = openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const directory = fd >= 0 ? fdopendir(fd) : NULL;
    struct bytes list = {0};
    int64_t bytes = 0;
    if (!directory && fd >= 0)
        close(fd);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        struct kept kept = {.bytes = 0};
        struct stat found;
        snprintf(kept.name, sizeof kept.name, "%s", entry->d_name);
        if (fstatat(cache, kept.name, &found, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(found.st_mode))
            continue;
        kept.used = found.st_mtim;
        bytes += kept.bytes = found.st_size;
        bytes_put(&list, &kept, sizeof kept);
    }
    if (directory)
        closedir(directory);
    struct kept *const files = (struct kept *)list.data;
    const size_t count = list.failed ? 0 : list.length / sizeof *files;
    if (bytes > CACHE_BYTES && count > 0)
        qsort(files, count, sizeof *files, compare_use);
    for (size_t k = 0; k < count && bytes > CACHE_BYTES; k++)
        bytes -= unlinkat(cache, files[k].name, 0) == 0 ? files[k].bytes : 0;
    bytes_free(&list);
}

static bool write_all(int file, const struct bytes *bytes)
{
    for (size_t done = 0; done < bytes->length;) {
        const ssize_t put = write(file, bytes->data + done, bytes->length - done);
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

static void write_file(const struct place *place, const struct bytes *bytes)
{
    char fresh[PLACE_FRESH];
    place_sweep(place);
    const int file = place_fresh(place, fresh);
    if (file < 0)
        return;
    if (!write_all(file, bytes) || place_adopt(place, fresh) != 0)
        place_drop(place, fresh, file);
    close(file);
}

void cache_keep(const struct cache *cache, struct cache_use use, const struct term_library *whole,
                const struct term_library *fast, const char *list, const char *messages)
{
    struct bytes bytes = {0};
    struct tail tail = {.low = use.any ? INT64_MAX : cache->range.low,
                        .high = use.any ? INT64_MIN : cache->range.high};
    if (cache->directory < 0)
        return;
    bool good = term_library_pack(whole, fast, &bytes);
    tail.saved = bytes.length;
    good =
        good && cache_key_files(&bytes, list, cache->compiler->scratch.path) &&
        cache_key_state(cache->compiler, &bytes, tail.saved, true, cache->since_ns,
                        &tail.content) &&
        cache_key_state(cache->compiler, &bytes, tail.saved, false, cache->since_ns, &tail.facts);
    tail.files = bytes.length - tail.saved;
    tail.messages = strlen(messages);
    bytes_put(&bytes, messages, tail.messages);
    memcpy(tail.magic, magic, sizeof magic);
    bytes_put(&bytes, &tail, sizeof tail - sizeof tail.digest);
    tail.digest = digest_add(DIGEST_START, bytes.data, good ? bytes.length : 0);
    bytes_put(&bytes, &tail.digest, sizeof tail.digest);
    if (good && !bytes.failed && bytes.length <= FILE_BYTES) {
        const struct place place = place_of(cache, use.range);
        write_file(&place, &bytes);
        shrink(cache->directory);
    }
    bytes_free(&bytes);
}
