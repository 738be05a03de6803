/*
 * The ranks of `parsum`: there are none, it has to become `parsum-mpi`. The functions of ranks that
 * are open are never called.
 */
#include "cluster/ranks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool ranks_are_elsewhere(void)
{
    return true;
}

#ifdef PARSUM_MPI

/* Replaces the process by the program of that name beside its own file. */
static enum status become(const char *name, char **argv)
{
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        return error_set(STATUS_USAGE, "--mpi: /proc/self/exe: %s; start %s itself",
                         strerror(errno), name);
    path[length] = '\0';
    char *const base = strrchr(path, '/') + 1;
    if ((size_t)snprintf(base, (size_t)(path + sizeof path - base), "%s", name) >=
        (size_t)(path + sizeof path - base))
        return error_set(STATUS_USAGE, "--mpi: the path of the program is too long");
    execv(path, argv);
    return error_set(STATUS_USAGE, "--mpi: %s: %s; install it beside parsum", path,
                     strerror(errno));
}

enum status ranks_open(struct ranks **opened, char **argv)
{
    *opened = NULL;
    return become("parsum-mpi", argv);
}

const char *ranks_version(void)
{
    return PARSUM_MPI;
}

#else

enum status ranks_open(struct ranks **opened, char **argv)
{
    (void)argv;
    *opened = NULL;
    return error_set(STATUS_USAGE, "--mpi: this parsum was built without MPI; build it where an "
                                   "MPI is installed (-DPARSUM_MPI=ON), or leave --mpi out");
}

const char *ranks_version(void)
{
    return "none";
}

#endif

void ranks_close(struct ranks *ranks)
{
    (void)ranks;
}

int ranks_number(const struct ranks *ranks)
{
    (void)ranks;
    return 0;
}

int ranks_count(const struct ranks *ranks)
{
    (void)ranks;
    return 1;
}

void ranks_broadcast(struct ranks *ranks, struct bytes *bytes)
{
    (void)ranks, (void)bytes;
}

void ranks_gather(struct ranks *ranks, const struct bytes *mine, struct bytes *all)
{
    (void)ranks, (void)mine, (void)all;
}

void ranks_meet(struct ranks *ranks)
{
    (void)ranks;
}
