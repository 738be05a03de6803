#include "base/machine.h"
#include "machine_build.h"
#include "base/machine_cgroup.h"

#include <limits.h>
#include <math.h>
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

int machine_limit(int cpus)
{
    const double quota = machine_cgroup_quota("");
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

mode_t machine_umask(void)
{
    FILE *const file = fopen("/proc/self/status", "re");
    char line[256];
    unsigned mask = 022;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Umask: %o", &mask) == 1)
            break;
    if (file)
        fclose(file);
    return mask;
}
