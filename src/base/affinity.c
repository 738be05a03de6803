#include "base/affinity.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* More CPUs than any machine has today. */
enum { CPUS_MAX = 8192 };

/* The set of CPUs that the calling thread may use, which the caller frees; NULL: not known. */
static cpu_set_t *get_allowed(void)
{
    cpu_set_t *const set = CPU_ALLOC(CPUS_MAX);
    if (set && sched_getaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), set) == 0)
        return set;
    if (set)
        CPU_FREE(set);
    return NULL;
}

size_t affinity_allowed(int cpus[], size_t room)
{
    cpu_set_t *const set = get_allowed();
    size_t count = 0;
    for (int cpu = 0; set && cpu < CPUS_MAX && count < room; cpu++)
        if (CPU_ISSET_S((size_t)cpu, CPU_ALLOC_SIZE(CPUS_MAX), set))
            cpus[count++] = cpu;
    if (set)
        CPU_FREE(set);
    return count;
}

/* Is it the first CPU of its core? Where the system does not tell, each is a core. */
static bool is_first_of_core(int cpu)
{
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    FILE *const file = fopen(path, "re");
    int first = cpu;
    if (file && fscanf(file, "%d", &first) != 1)
        first = cpu;
    if (file)
        fclose(file);
    return first == cpu;
}

size_t affinity_order(int cpus[], size_t room)
{
    int *const allowed = calloc(CPUS_MAX, sizeof *allowed);
    const size_t count = allowed ? affinity_allowed(allowed, CPUS_MAX) : 0;
    bool *const first = calloc(count + 1, sizeof *first);
    size_t here = 0, placed = 0;
    const int now = sched_getcpu();
    for (size_t k = 0; first && k < count; k++) {
        first[k] = is_first_of_core(allowed[k]);
        if (allowed[k] == now)
            here = k;
    }
    for (int pass = 1; first && pass >= 0; pass--)
        for (size_t k = 0; k < count && placed < room; k++)
            if (first[(here + k) % count] == pass)
                cpus[placed++] = allowed[(here + k) % count];
    free(first);
    free(allowed);
    return placed;
}

void affinity_place(int cpu)
{
    cpu_set_t *const before = get_allowed(), *const one = CPU_ALLOC(CPUS_MAX);
    const size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
    if (before && one) {
        CPU_ZERO_S(size, one);
        CPU_SET_S((size_t)cpu, size, one);
        if (sched_setaffinity(0, size, one) == 0)
            sched_setaffinity(0, size, before);
    }
    if (before)
        CPU_FREE(before);
    if (one)
        CPU_FREE(one);
}
