/*
 * team: the one parallel region of the program, and the only file that knows OpenMP.
 */
#ifndef PARSUM_TEAM_H
#define PARSUM_TEAM_H

#include "run/window.h"
#include "term/term.h"
#include "run/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one thread did, a cache line of its own. */
struct worker {
    _Alignas(64) uint64_t busy_ns; /* time spent in chunks */
    uint64_t terms;
    struct chunk_fault fault; /* the first of its faults, in the order of positions */
    size_t fault_chunk;
};

struct team {
    int threads; /* how many threads there may be: 1 when serial */
    bool serial;
    struct worker *workers; /* one a thread; what they did since team_open */
    struct trace *trace;    /* NULL: no trace */
};

/* What came of one round. */
struct outcome {
    size_t chunks_done; /* the first chunks of the round: done, in *sum, ready to settle */
    uint64_t busy_ns;   /* sum over the threads */
    uint64_t terms;
    struct chunk_fault fault; /* the first one in the order of positions; all before it is done */
};

/* The most threads that a team may have, and what sets that limit: "OMP_THREAD_LIMIT". */
int team_threads_limit(const char **what);

/* The number of threads that OpenMP's own rules give; 1 in a build without OpenMP. */
int team_default_threads(void);

/* A team as OpenMP starts it. */
struct team_start {
    int threads; /* at most as many as were asked for */
    int cpus;    /* that they may use, all together, quotas aside */
    /* Settings of the environment that may be the reason, " (NAME=VALUE ...)", or "". */
    char why[256];
};

/*
 * Starts `threads` threads, once before the first round, and parts them (place), unless OpenMP has
 * bound them: cores first, then hyperthreads.
 */
void team_start(int threads, struct team_start *start);

/*
 * With OMP_PROC_BIND the first thread is bound before main begins, and a program that takes the
 * place of this one would have that one place. This lets it have all of them.
 */
void team_unbind(void);

/* The OpenMP that the program was built with, "201511" or "none". */
const char *team_openmp_version(void);

/* threads >= 1. Fails if memory is short. */
MUST_CHECK enum status team_open(struct team *team, int threads, bool serial, struct trace *trace);
void team_close(struct team *team);

/*
 * Works on the window's round until it is done, a stop or checkpoint is requested (signals), or the
 * clock passes deadline_ns (0: no deadline). What is done then is a number of first chunks of the
 * round, at least one unless a stop is requested. Adds it to *sum. No I/O, no lock and no
 * allocation inside.
 */
struct outcome team_compute(struct team *team, struct window *window, const struct term *term,
                            uint64_t deadline_ns, struct exact *sum);

#endif
