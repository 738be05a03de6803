#include "cli/files.h"

#include "base/place.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A use of a file: by its path, or, where that is NULL, as the open file fd; -1: not made. */
struct use {
    const char *name; /* for messages */
    const char *path;
    int fd;
    bool written;
};

/* Pipes, terminals and devices are no files that could be destroyed. */
static bool find(const struct use *use, struct stat *found)
{
    const int failed = use->path ? stat(use->path, found) : fstat(use->fd, found);
    return failed == 0 && S_ISREG(found->st_mode);
}

/* Whatever their paths look like: the file need not be there yet, and is made by the first use. */
static bool same_place(const char *a, const char *b)
{
    struct place first, second = {.directory = -1};
    const bool same =
        place_find(&first, a) && place_find(&second, b) && place_same(&first, &second);
    struct stat found;
    const bool device = same &&
                        fstatat(first.directory, first.name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
                        !S_ISREG(found.st_mode);
    place_close(&first);
    place_close(&second);
    return same && !device;
}

static bool same(const struct use *a, const struct use *b)
{
    struct stat first, second;
    if (a->path && b->path && same_place(a->path, b->path))
        return true;
    return find(a, &first) && find(b, &second) && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* More than these are not looked at. */
enum { USES = DATA_MAX + 16 };

static enum status check_uses(const struct use *uses, size_t count)
{
    for (size_t b = 0; b < count; b++)
        for (size_t a = 0; a < b; a++)
            if ((uses[a].written || uses[b].written) && same(&uses[a], &uses[b]))
                return error_set(STATUS_USAGE,
                                 "%s and %s are the same file%s%s; give each one of its own",
                                 uses[a].name, uses[b].name, uses[a].path ? ", " : "",
                                 uses[a].path ? uses[a].path : "");
    return STATUS_OK;
}

/* A use of a file of data, "FILE" and what is told of it; `path` has room for its path. */
static struct use data_use(const char *name, const char *file, char path[PATH_MAX])
{
    return (struct use){name, file && data_path(file, path) ? path : NULL, -1, false};
}

enum status files_check(const struct options *options)
{
    static char paths[DATA_MAX + 1][PATH_MAX];
    const char *const input = options->task.jobs.input;
    const bool from_stdin = input && strcmp(input, "-") == 0;
    struct use uses[USES] = {
        {"--input", from_stdin ? NULL : input, from_stdin ? STDIN_FILENO : -1, false},
        {"--term-file", options->task.term.file, -1, false},
        {"--journal", options->task.journal, -1, true},
        {"--trace", options->trace, -1, true},
        {"--save-term", options->task.term.save, -1, true},
        {"--output", options->output, -1, true},
        {"standard output", NULL, options->output ? -1 : STDOUT_FILENO, true},
        data_use("--segments", options->task.load.segments, paths[0]),
    };
    size_t count = 0;
    while (uses[count].name)
        count++;
    for (size_t k = 0; k < options->task.load.file_count; k++) {
        const char *const file = strchr(options->task.load.files[k], '=');
        uses[count++] = data_use("--data", file ? file + 1 : NULL, paths[1 + k]);
    }
    return check_uses(uses, count);
}
