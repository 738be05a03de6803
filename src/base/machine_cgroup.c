/*
 * /proc/self/cgroup names the process's group in each hierarchy, and /proc/self/mountinfo where a
 * hierarchy, or a part of it, is mounted. Both together give a directory; it and those above, as
 * far as they are mounted, have the quotas.
 */
#include "base/machine_cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The two hierarchies that may have quotas: of version 1 the one with the controller cpu. */
enum { VERSION_1, VERSION_2, VERSIONS };

struct groups {
    const char *root;
    char *path[VERSIONS]; /* of the process's group; NULL where there is none */
    bool mounted[VERSIONS];
    double tightest;
};

/* Opens a file of a directory to be read. */
static FILE *open_file(const char *directory, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return NULL;
    FILE *const file = fopen(path, "r");
    free(path);
    return file;
}

/* Calls `take` with each line of a file below root, without its end. */
static void read_lines(const char *name, void (*take)(struct groups *, char *),
                       struct groups *groups)
{
    FILE *const file = open_file(groups->root, name);
    if (!file)
        return;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        take(groups, line);
    }
    free(line);
    fclose(file);
}

/* Whether cpu is one of the words of a list, which commas part. */
static bool lists_cpu(const char *list)
{
    for (const char *word = list; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
        if (strncmp(word, "cpu", 3) == 0 && (word[3] == ',' || word[3] == '\0'))
            return true;
    return false;
}

static void set_path(struct groups *groups, int version, const char *path)
{
    char *copy;
    if (asprintf(&copy, "%s", path) < 0)
        copy = NULL;
    free(groups->path[version]);
    groups->path[version] = copy;
}

/* A line of /proc/self/cgroup: number:controllers:path. */
static void take_group(struct groups *groups, char *line)
{
    char *controllers = strchr(line, ':');
    char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path)
        return;
    *path++ = '\0';
    controllers++;
    if (lists_cpu(controllers))
        set_path(groups, VERSION_1, path);
    else if (*controllers == '\0')
        set_path(groups, VERSION_2, path);
}

/* Reads one or two numbers from a file of a directory; false where they are not there. */
static bool read_numbers(const char *directory, const char *name, double *first, double *second)
{
    FILE *const file = open_file(directory, name);
    if (!file)
        return false;
    const bool read =
        fscanf(file, "%lf", first) == 1 && (!second || fscanf(file, "%lf", second) == 1);
    fclose(file);
    return read;
}

/* The quota of one cgroup, in CPUs; INFINITY where there is none. */
static double quota_of(const char *directory)
{
    double time, period; /* how long it may compute in a period */
    const bool known = read_numbers(directory, "cpu.max", &time, &period) || /* version 2 */
                       (read_numbers(directory, "cpu.cfs_quota_us", &time, NULL) &&
                        read_numbers(directory, "cpu.cfs_period_us", &period, NULL));
    return known && time > 0 && period > 0 ? time / period : INFINITY;
}

/* Takes in the quotas of a group and all above it, in a hierarchy whose part `part` is mounted. */
static void take_quotas(struct groups *groups, const char *mount, const char *part,
                        const char *path)
{
    const size_t skipped = strcmp(part, "/") == 0 ? 0 : strlen(part);
    const bool below = path && strncmp(path, part, skipped) == 0 && strchr("/", path[skipped]);
    char *directory;
    if (asprintf(&directory, "%s%s%s", groups->root, mount, below ? path + skipped : "") < 0)
        return;
    const size_t top = strlen(groups->root) + strlen(mount);
    for (char *end = directory + strlen(directory); end && end >= directory + top;
         end = strrchr(directory, '/')) {
        *end = '\0';
        groups->tightest = fmin(groups->tightest, quota_of(directory));
    }
    free(directory);
}

/* Replaces \040 and the like, which stand for blanks and other signs in mountinfo, in place. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
            *to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/*
 * A line of /proc/self/mountinfo: number, number, device, the part of the hierarchy, where it is
 * mounted, options, more of them, "-", the type, the source, options of the hierarchy.
 */
static void take_mount(struct groups *groups, char *line)
{
    char type[16], options[256];
    const char *const rest = strstr(line, " - ");
    if (!rest || sscanf(rest, " - %15s %*s %255s", type, options) != 2)
        return;
    const bool version_2 = strcmp(type, "cgroup2") == 0;
    if (!version_2 && (strcmp(type, "cgroup") != 0 || !lists_cpu(options)))
        return;
    const int version = version_2 ? VERSION_2 : VERSION_1;
    char *part = NULL, *mount = NULL;
    if (sscanf(line, "%*s %*s %*s %ms %ms", &part, &mount) == 2) {
        unescape(part);
        unescape(mount);
        groups->mounted[version] = true;
        take_quotas(groups, mount, part, groups->path[version]);
    }
    free(part);
    free(mount);
}

double machine_cgroup_quota(const char *root)
{
    static const char *const usual[VERSIONS] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup"};
    struct groups groups = {.root = root, .tightest = INFINITY};
    read_lines("proc/self/cgroup", take_group, &groups);
    read_lines("proc/self/mountinfo", take_mount, &groups);
    for (int version = 0; version < VERSIONS; version++) {
        if (!groups.mounted[version])
            take_quotas(&groups, usual[version], "/", groups.path[version]);
        free(groups.path[version]);
    }
    return groups.tightest;
}
