#include "machine.h"
#include "machine_build.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *machine_version(void)
{
    return PARSUM_VERSION;
}

const char *machine_flags(void)
{
    return PARSUM_FLAGS;
}

const char *machine_compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "gcc " __VERSION__;
#else
    return "unknown";
#endif
}

void machine_host(char name[MACHINE_NAME])
{
    if (gethostname(name, MACHINE_NAME) != 0)
        strcpy(name, "unknown");
    name[MACHINE_NAME - 1] = '\0';
}

void machine_cpu(char name[MACHINE_NAME])
{
    strcpy(name, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (!file)
        return;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "model name", 10) != 0 || !strchr(line, ':'))
            continue;
        const char *value = strchr(line, ':') + 1;
        value += strspn(value, " \t");
        snprintf(name, MACHINE_NAME, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    fclose(file);
}

/* Reads one or two numbers from the file of a cgroup; false where they are not there. */
static bool read_numbers(const char *group, const char *file, double *first, double *second)
{
    char path[4400];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", group, file);
    FILE *const opened = fopen(path, "r");
    if (!opened)
        return false;
    const bool read =
        fscanf(opened, "%lf", first) == 1 && (!second || fscanf(opened, "%lf", second) == 1);
    fclose(opened);
    return read;
}

/* The quota of one cgroup, in CPUs; INFINITY where there is none. */
static double group_quota(const char *group)
{
    double time, period; /* how long it may compute in a period */
    const bool known = read_numbers(group, "cpu.max", &time, &period) || /* version 2 */
                       (read_numbers(group, "cpu.cfs_quota_us", &time, NULL) &&
                        read_numbers(group, "cpu.cfs_period_us", &period, NULL));
    return known && time > 0 && period > 0 ? time / period : INFINITY;
}

/* The tightest quota from a cgroup up to the root; `group` is used up. */
static double tightest_quota(char *group)
{
    double tightest = INFINITY;
    for (;;) {
        tightest = fmin(tightest, group_quota(group));
        char *const slash = strrchr(group, '/');
        if (!slash)
            return tightest;
        *slash = '\0';
    }
}

static double cgroup_quota(void)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file)
        return INFINITY;
    double tightest = INFINITY;
    char line[4200];
    while (fgets(line, sizeof line, file)) { /* hierarchy:controllers:path */
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        controllers++;
        char group[4300];
        const bool version_1 =
            strcmp(controllers, "cpu") == 0 || strncmp(controllers, "cpu,", 4) == 0;
        if (version_1 || *controllers == '\0') {
            snprintf(group, sizeof group, "%s%s", version_1 ? "/cpu" : "", path);
            tightest = fmin(tightest, tightest_quota(group));
        }
    }
    fclose(file);
    return tightest;
}

int machine_limit(int cpus)
{
    const double quota = cgroup_quota();
    if (quota < cpus)
        cpus = (int)ceil(quota);
    return cpus > 0 ? cpus : 1;
}

/* A number that a launcher put into the environment, or `otherwise`. */
static int environment_number(const char *name, int otherwise)
{
    const char *const text = getenv(name);
    char *end;
    if (!text || !*text)
        return otherwise;
    const long number = strtol(text, &end, 10);
    return *end || number < 0 || number > INT_MAX ? otherwise : (int)number;
}

/*
 * srun tells a step's tasks SLURM_STEP_NUM_TASKS, which the batch script itself does not have;
 * mpirun of Open MPI and of MPICH (Hydra, which Intel's is too) have their own.
 */
void machine_task(int *task, int *tasks)
{
    static const struct {
        const char *tasks, *task;
    } launchers[] = {
        {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
        {"PMI_SIZE", "PMI_RANK"},
        {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},
    };
    *task = 0;
    *tasks = 1;
    for (size_t k = 0; k < sizeof launchers / sizeof *launchers; k++) {
        if (!getenv(launchers[k].tasks))
            continue;
        *tasks = environment_number(launchers[k].tasks, 1);
        *task = environment_number(launchers[k].task, 0);
        return; /* the innermost one: srun starts mpirun's helpers */
    }
}
