#include "machine.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
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

/* The quota in `file`, in CPUs: two numbers, microseconds a period; INFINITY where there is none.
 */
static double read_quota(const char *path)
{
    double quota = INFINITY, period;
    FILE *file = fopen(path, "r");
    if (!file)
        return INFINITY;
    if (fscanf(file, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0)
        quota /= period;
    else
        quota = INFINITY;
    fclose(file);
    return quota;
}

static double read_number(const char *path)
{
    double number = -1;
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    if (fscanf(file, "%lf", &number) != 1)
        number = -1;
    fclose(file);
    return number;
}

/* Version 2: the tightest cpu.max from this process's cgroup up to the root. */
static double quota_v2(char *group)
{
    double tightest = INFINITY;
    for (;;) {
        char path[4400];
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
        tightest = fmin(tightest, read_quota(path));
        char *slash = strrchr(group, '/');
        if (!slash || !*group)
            return tightest;
        *slash = '\0';
    }
}

/* Version 1: the same for cpu.cfs_quota_us, with the controller's mount point. */
static double quota_v1(char *group)
{
    double tightest = INFINITY;
    for (;;) {
        char path[4400];
        snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%s/cpu.cfs_quota_us", group);
        const double quota = read_number(path);
        snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%s/cpu.cfs_period_us", group);
        const double period = read_number(path);
        if (quota > 0 && period > 0)
            tightest = fmin(tightest, quota / period);
        char *slash = strrchr(group, '/');
        if (!slash || !*group)
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
        if (*controllers == '\0')
            tightest = fmin(tightest, quota_v2(path));
        else if (strcmp(controllers, "cpu") == 0 || strncmp(controllers, "cpu,", 4) == 0)
            tightest = fmin(tightest, quota_v1(path));
    }
    fclose(file);
    return tightest;
}

int machine_cpus(void)
{
    cpu_set_t set;
    int cpus = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cpus = CPU_COUNT(&set);
    else /* more CPUs than a fixed mask holds */
        cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return machine_limit(cpus);
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
