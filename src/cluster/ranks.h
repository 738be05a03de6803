/*
 * ranks: the processes of a run under MPI, and the only file that knows MPI.
 *
 * All that the program wants of MPI is four things: to begin, to end, to tell all ranks something,
 * and to hear something from each. All ranks call the same functions in the same order, from one
 * thread. A rank that waits sleeps, so it leaves its core to others.
 *
 * A program that is linked with MPI takes some 7 ms longer to start, as MPI brings a dozen
 * libraries (Open MPI 4.1). So `parsum` itself is not: told --mpi it becomes `parsum-mpi`, which is
 * the same program with ranks_mpi.c in place of ranks_none.c and lies beside it.
 */
#ifndef PARSUM_RANKS_H
#define PARSUM_RANKS_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct ranks;

/* Does ranks_open begin by replacing this process? */
bool ranks_are_elsewhere(void);

/*
 * Begins: the caller owns *opened. In `parsum` it replaces the process, and comes back only where
 * that can't be done, with STATUS_USAGE.
 */
enum status ranks_open(struct ranks **opened, char **argv) MUST_CHECK;

/* Ends, all ranks together; NULL is allowed. */
void ranks_close(struct ranks *ranks);

/* Which rank this is, 0 to ranks_count - 1. Rank 0 reads, reports and decides. */
int ranks_number(const struct ranks *ranks);
int ranks_count(const struct ranks *ranks);

/* Rank 0 tells all others what is in *bytes; they get it there. Less than 2 GiB. */
void ranks_broadcast(struct ranks *ranks, struct bytes *bytes);

/*
 * Rank 0 hears from all ranks: *all becomes what each has in *mine, in the order of ranks. Less
 * than 2 GiB a rank. Others do not look at `all`.
 */
void ranks_gather(struct ranks *ranks, const struct bytes *mine, struct bytes *all);

/* Waits for all ranks, so that all come back at about the same time. */
void ranks_meet(struct ranks *ranks);

/* The MPI that `parsum --mpi` uses, or "none". */
const char *ranks_version(void);

#endif
