/*
 * affinity: parts the threads of a team at its start.
 *
 * Some kernels start all threads of a process on one CPU and part them only milliseconds later. So
 * each thread moves to a CPU of its own, and at once gets back the right to run on all of them:
 * from there on the system moves threads as it likes, and two programs on one machine do not stay
 * on the same CPUs.
 */
#ifndef PARSUM_AFFINITY_H
#define PARSUM_AFFINITY_H

#include <stddef.h>

/*
 * Puts the CPUs that this process may use into cpus[], at most `room` of them, in the order in
 * which threads are to take them: from the one that the caller runs on, first one of each core,
 * then the others of a core (hyperthreads). Returns how many; 0 where the system does not tell.
 */
size_t affinity_order(int cpus[], size_t room);

/* Moves the calling thread to `cpu`, and lets go of it. Thread-safe; a failure changes nothing. */
void affinity_place(int cpu);

/* Puts the CPUs that the calling thread may use into cpus[], and returns how many. Thread-safe. */
size_t affinity_allowed(int cpus[], size_t room);

#endif
