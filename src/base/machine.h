/* machine: facts about this build and the machine it runs on. */
#ifndef PARSUM_MACHINE_H
#define PARSUM_MACHINE_H

#include <sys/types.h>

/* "0.1.0", the flags and the compiler that it was built with. */
const char *machine_version(void);
const char *machine_flags(void);
const char *machine_compiler(void);

/* Room for a name below, with its end. */
enum { MACHINE_NAME = 128 };

/* The host's name and its processor's; "unknown" where the system does not tell. */
void machine_host(char name[MACHINE_NAME]);
void machine_cpu(char name[MACHINE_NAME]);

/* How many of `cpus` CPUs the cgroup's quota leaves, rounded up; at least 1. */
int machine_limit(int cpus);

/*
 * Which of how many tasks of a parallel launch this process is, as srun, mpirun and the like say;
 * 0 of 1 where there is no such launch.
 */
void machine_task(int *task, int *tasks);

/* The process's umask, without changing it for a moment; 022 where the system does not tell. */
mode_t machine_umask(void);

#endif
