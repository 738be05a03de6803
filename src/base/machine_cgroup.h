/* machine_cgroup: how much of the CPUs the process's control group leaves it. */
#ifndef PARSUM_MACHINE_CGROUP_H
#define PARSUM_MACHINE_CGROUP_H

/*
 * The tightest quota of the process's cgroup and those above it, in CPUs; INFINITY where there is
 * none. Versions 1 and 2 count, wherever they are mounted. All files are looked for below `root`:
 * "" is the machine itself, and a test has a tree of its own.
 */
double machine_cgroup_quota(const char *root);

#endif
