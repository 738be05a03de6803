/*
 * The ranks of `parsum-mpi`.
 *
 * A message is cut in two: its length and first bytes go through a collective operation of fixed
 * size; what is longer, and only then, through a second one (down) or straight to rank 0 (up).
 *
 * Down, Open MPI 4.1.4 takes a tree of log2(ranks) steps, whatever the size. An MPI that takes a
 * chain of all ranks for long messages is slow, as ranks that wait sleep: 140 ms in place of 16 for
 * 1 MB to 64 ranks (coll_libnbc_ibcast_algorithm 3, 2 CPUs). Up, rank 0 gets a message of each
 * rank.
 */
#include "cluster/ranks.h"

#include "base/clock.h"
#include "base/machine.h"

#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What goes with the length at once: most announcements of a round of long jobs, and the replies.
 */
enum { FIRST_DOWN = 2000, FIRST_UP = 1000 };

struct ranks {
    int number, count;
    struct bytes firsts; /* of rank 0: what ranks_gather gathers first */
};

struct down {
    uint64_t length;
    unsigned char first[FIRST_DOWN];
};

struct up {
    uint64_t length;
    unsigned char first[FIRST_UP];
};

/* How long a wait spins before it sleeps, and how long it sleeps at most. */
#define SPIN_NS 20000u
#define SLEEP_MAX_NS 1000000u

/*
 * MPI's own waits spin for good, which takes the core from whoever shares it, and burns it while
 * rank 0 waits for input. This one sleeps an eighth of the time it has waited so far, so it wakes
 * at most that much too late.
 */
static void wait_for(MPI_Request *request)
{
    const uint64_t start_ns = clock_ns();
    for (;;) {
        int done;
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (done)
            return;
        const uint64_t waited_ns = clock_ns() - start_ns;
        if (waited_ns < SPIN_NS)
            continue;
        const uint64_t sleep_ns = waited_ns / 8 < SLEEP_MAX_NS ? waited_ns / 8 : SLEEP_MAX_NS;
        nanosleep(&(struct timespec){.tv_nsec = (long)sleep_ns}, NULL);
    }
}

/* Other ranks wait for this one's messages for ever, so the process can't go on: MPI ends them all.
 */
_Noreturn static void end_all(enum status status)
{
    error_note("%s", error_last().text);
    MPI_Abort(MPI_COMM_WORLD, (int)status);
    __builtin_unreachable(); /* MPI_Abort does not come back */
}

static void demand(struct ranks *ranks, bool enough)
{
    if (!enough)
        end_all(error_set(STATUS_FAILED, "out of memory for messages on rank %d", ranks->number));
}

bool ranks_are_elsewhere(void)
{
    return false;
}

/*
 * A launcher that speaks another language than this MPI starts tasks each of which takes itself for
 * the only one. One of them says so.
 */
static enum status demand_company(const struct ranks *ranks)
{
    int task, tasks;
    machine_task(&task, &tasks);
    if (ranks->count > 1 || tasks <= 1)
        return STATUS_OK;
    if (task > 0)
        return STATUS_USAGE;
    return error_set(
        STATUS_USAGE,
        "--mpi: this is one of %d tasks, but %s finds no other; start them with its own "
        "mpirun, or with an srun that knows it (srun --mpi=pmix; srun --mpi=list)",
        tasks, PARSUM_MPI);
}

enum status ranks_open(struct ranks **opened, char **argv)
{
    (void)argv;
    *opened = NULL;
    int provided;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return error_set(STATUS_FAILED, "--mpi: MPI does not start");
    struct ranks *const ranks = calloc(1, sizeof *ranks);
    if (!ranks)
        end_all(error_set(STATUS_FAILED, "out of memory for MPI"));
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->number);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->count);
    if (provided < MPI_THREAD_FUNNELED)
        end_all(error_set(STATUS_FAILED, "--mpi: this MPI allows no threads besides its own"));
    const enum status status = demand_company(ranks);
    if (status) {
        ranks_close(ranks);
        return status;
    }
    if (ranks->number == 0)
        demand(ranks, bytes_resize(&ranks->firsts, (size_t)ranks->count * sizeof(struct up)));
    *opened = ranks;
    return STATUS_OK;
}

void ranks_close(struct ranks *ranks)
{
    if (!ranks)
        return;
    MPI_Finalize();
    bytes_free(&ranks->firsts);
    free(ranks);
}

int ranks_number(const struct ranks *ranks)
{
    return ranks->number;
}

int ranks_count(const struct ranks *ranks)
{
    return ranks->count;
}

/* The first `length` bytes, or as many as there is room for; of an empty message, no bytes. */
static void copy(unsigned char *to, const unsigned char *from, size_t length, size_t room)
{
    if (length > 0)
        memcpy(to, from, length < room ? length : room);
}

void ranks_broadcast(struct ranks *ranks, struct bytes *bytes)
{
    struct down down = {0};
    MPI_Request request;
    if (ranks->number == 0) {
        demand(ranks, !bytes->failed);
        down.length = bytes->length;
        copy(down.first, bytes->data, bytes->length, FIRST_DOWN);
    }
    MPI_Ibcast(&down, sizeof down, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
    wait_for(&request);
    if (ranks->number != 0) {
        bytes_clear(bytes);
        demand(ranks, bytes_resize(bytes, down.length));
        copy(bytes->data, down.first, down.length, FIRST_DOWN);
    }
    if (down.length > FIRST_DOWN) {
        MPI_Ibcast(bytes->data + FIRST_DOWN, (int)(down.length - FIRST_DOWN), MPI_BYTE, 0,
                   MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
}

/* On rank 0: puts the messages one after another, of which the first bytes are there. */
static void receive_all(struct ranks *ranks, const struct bytes *mine, struct bytes *all)
{
    bytes_clear(all);
    for (int rank = 0; rank < ranks->count; rank++) {
        const struct up *const up = (const struct up *)(void *)ranks->firsts.data + rank;
        const size_t at = all->length;
        demand(ranks, bytes_resize(all, at + up->length));
        if (rank == 0) {
            copy(all->data + at, mine->data, up->length, up->length);
            continue;
        }
        copy(all->data + at, up->first, up->length, FIRST_UP);
        if (up->length > FIRST_UP) {
            MPI_Request request;
            MPI_Irecv(all->data + at + FIRST_UP, (int)(up->length - FIRST_UP), MPI_BYTE, rank, 0,
                      MPI_COMM_WORLD, &request);
            wait_for(&request);
        }
    }
}

void ranks_gather(struct ranks *ranks, const struct bytes *mine, struct bytes *all)
{
    struct up up = {.length = mine->length};
    MPI_Request request;
    demand(ranks, !mine->failed);
    copy(up.first, mine->data, mine->length, FIRST_UP);
    MPI_Igather(&up, sizeof up, MPI_BYTE, ranks->firsts.data, sizeof up, MPI_BYTE, 0,
                MPI_COMM_WORLD, &request);
    wait_for(&request);
    if (ranks->number == 0) {
        receive_all(ranks, mine, all);
    } else if (mine->length > FIRST_UP) {
        MPI_Isend(mine->data + FIRST_UP, (int)(mine->length - FIRST_UP), MPI_BYTE, 0, 0,
                  MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
}

void ranks_meet(struct ranks *ranks)
{
    (void)ranks;
    MPI_Barrier(MPI_COMM_WORLD);
}

const char *ranks_version(void)
{
    return PARSUM_MPI;
}
