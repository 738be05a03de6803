#include "base/place.h"

#include "base/digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it */
#define FOREIGN (-1) /* in place of an errno: a link that another user has made */

/* A path on its way: `rest` is still to be walked, from place.directory; place.name was taken last.
 */
struct walk {
    struct place *place;
    bool any_owner;
    int links;
    char rest[PATH_MAX];
};

/* Goes on in that directory. Returns 0, or an errno. */
static int enter(struct walk *walk, int directory)
{
    if (directory < 0)
        return errno;
    place_close(walk->place);
    walk->place->directory = directory;
    return 0;
}

/* Sets out on a path, from the root or from where `rest` was to be walked from. */
static int set_out(struct walk *walk, const char *path)
{
    if (!*path)
        return ENOENT;
    if (snprintf(walk->rest, sizeof walk->rest, "%s", path) >= (int)sizeof walk->rest)
        return ENAMETOOLONG;
    const bool absolute = *path == '/';
    if (!absolute && walk->place->directory >= 0)
        return 0;
    return enter(walk, open(absolute ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Takes the next name off `rest`; "." stands for none. Returns 0, or an errno. */
static int take_name(struct walk *walk)
{
    const char *const from = walk->rest + strspn(walk->rest, "/");
    const size_t length = strcspn(from, "/");
    char *const name = walk->place->name;
    if (length >= sizeof walk->place->name)
        return ENAMETOOLONG;
    snprintf(name, sizeof walk->place->name, "%.*s", length ? (int)length : 1, length ? from : ".");
    memmove(walk->rest, from + length, strlen(from + length) + 1);
    return 0;
}

/* Puts what the link holds before what is still to be walked. Returns 0, or an errno. */
static int follow(struct walk *walk, int link)
{
    char target[PATH_MAX], path[2 * PATH_MAX];
    const ssize_t length = readlinkat(link, "", target, sizeof target);
    if (length < 0)
        return errno;
    if (++walk->links > LINKS_MAX)
        return ELOOP;
    snprintf(path, sizeof path, "%.*s%s", (int)length, target, walk->rest);
    return set_out(walk, path);
}

/* What is to be done about a link: its own file is open as `link`. Returns 0, or what walk does. */
static int take_link(struct walk *walk, int link, const struct stat *found, bool *done)
{
    const bool last = !*walk->rest;
    struct place *const place = walk->place;
    struct statfs system;
    if (fstatfs(link, &system) == 0 && system.f_type == PROC_SUPER_MAGIC) {
        place->is_open_file = *done = last;
        return last ? 0
                    : enter(walk, openat(place->directory, place->name,
                                         O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    const bool own = found->st_uid == geteuid() || found->st_uid == 0;
    const bool moved = last && found->st_nlink > 1; /* a second name for it may be anybody's */
    if ((moved || (!own && (last || geteuid() == 0))) && !walk->any_owner)
        return FOREIGN;
    return follow(walk, link);
}

/* One name further; *done: that was the last one. Returns 0, an errno, or FOREIGN. */
static int step(struct walk *walk, bool *done)
{
    struct place *const place = walk->place;
    const int failed = take_name(walk);
    if (failed)
        return failed;
    const bool last = !*walk->rest;
    if (!last) { /* this mounts what is mounted on demand */
        const int directory =
            openat(place->directory, place->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (directory >= 0)
            return enter(walk, directory);
    }
    const int link = openat(place->directory, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    *done = last && (link >= 0 || errno == ENOENT);
    if (link < 0)
        return *done ? 0 : errno;
    struct stat found;
    int error = fstat(link, &found) == 0 ? 0 : errno;
    if (!error && S_ISLNK(found.st_mode)) {
        *done = false;
        error = take_link(walk, link, &found, done);
    } else if (!error && !last) {
        error = ENOTDIR;
    }
    close(link);
    return error;
}

static int find(struct place *place, const char *path, bool any_owner)
{
    struct walk walk = {.place = place, .any_owner = any_owner};
    *place = (struct place){.directory = -1};
    bool done = false;
    int error = set_out(&walk, path);
    while (!error && !done)
        error = step(&walk, &done);
    if (error)
        place_close(place);
    return error;
}

enum status place_open(struct place *place, const char *path, enum status failure)
{
    const int error = find(place, path, false);
    char quoted[ERROR_QUOTED];
    if (error == FOREIGN)
        return error_set(failure,
                         "%s: goes through a symbolic link, %s, that another user has made; give "
                         "the path of the file itself",
                         path, error_quote(place->name, strlen(place->name), quoted));
    if (error)
        return error_set(failure, "%s: %s; a file can't be written there, give another path", path,
                         strerror(error));
    return STATUS_OK;
}

bool place_find(struct place *place, const char *path)
{
    return find(place, path, true) == 0;
}

void place_close(struct place *place)
{
    if (place->directory >= 0)
        close(place->directory);
    place->directory = -1;
}

bool place_same(const struct place *a, const struct place *b)
{
    struct stat first, second;
    return strcmp(a->name, b->name) == 0 && fstat(a->directory, &first) == 0 &&
           fstat(b->directory, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

bool place_names(const struct place *place, const char *name, int fd)
{
    struct stat named, opened;
    return fstatat(place->directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstat(fd, &opened) == 0 && named.st_dev == opened.st_dev &&
           named.st_ino == opened.st_ino;
}

/* What the names of all fresh files for this place begin with. */
static void begin_name(const struct place *place, char name[PLACE_FRESH])
{
    const uint64_t digest = digest_add(DIGEST_START, place->name, strlen(place->name));
    snprintf(name, PLACE_FRESH, ".parsum-%016" PRIx64 "-", digest);
}

/* False only if another process has a lock on it: not every file system knows locks. */
static bool lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES);
}

/* A sweep may come between making and locking: then the file has lost its name, or is locked. */
int place_fresh(const struct place *place, char name[PLACE_FRESH])
{
    for (int tries = 0; tries < 100; tries++) {
        uint64_t number;
        if (getrandom(&number, sizeof number, 0) != sizeof number)
            return -1;
        begin_name(place, name);
        const size_t length = strlen(name);
        snprintf(name + length, PLACE_FRESH - length, "%016" PRIx64, number);
        const int fd = openat(place->directory, name,
                              O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            return -1;
        if (fd >= 0 && lock(fd) && place_names(place, name, fd))
            return fd;
        if (fd >= 0)
            close(fd);
    }
    errno = EBUSY;
    return -1;
}

int place_permit(const struct place *place, int fd, mode_t usual)
{
    struct stat old, fresh;
    mode_t mode = usual;
    if (fstat(fd, &fresh) != 0)
        return -1;
    if (fstatat(place->directory, place->name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(old.st_mode)) {
        const bool own = old.st_uid == fresh.st_uid;
        mode = old.st_mode & (own ? 0777 : mode);
        if (old.st_gid != fresh.st_gid && (!own || fchown(fd, (uid_t)-1, old.st_gid) != 0))
            mode &= 0707;
    }
    return fchmod(fd, mode);
}

bool place_is_writable(const struct place *place)
{
    return faccessat(place->directory, place->name, W_OK, AT_EACCESS) == 0 || errno == ENOENT;
}

int place_adopt(const struct place *place, const char *fresh)
{
    return renameat(place->directory, fresh, place->directory, place->name);
}

void place_drop(const struct place *place, const char *fresh, int fd)
{
    if (place_names(place, fresh, fd))
        unlinkat(place->directory, fresh, 0);
}

/* Closing a file lets go of all locks on it that this process has, so it has to be another's. */
static void sweep_one(const struct place *place, const char *name)
{
    struct stat found;
    if (fstatat(place->directory, name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(found.st_mode) || found.st_nlink != 1 || found.st_uid != geteuid())
        return;
    const int fd = openat(place->directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0)
        place_drop(place, name, fd);
    if (fd >= 0)
        close(fd);
}

void place_sweep(const struct place *place)
{
    char begin[PLACE_FRESH];
    begin_name(place, begin);
    const size_t length = strlen(begin), all = length + 16;
    const int fd = openat(place->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory && fd >= 0)
        close(fd);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        const char *const name = entry->d_name;
        if (strlen(name) == all && strncmp(name, begin, length) == 0 &&
            strspn(name + length, "0123456789abcdef") == all - length)
            sweep_one(place, name);
    }
    if (directory)
        closedir(directory);
}
