/*
 * team: an engine of threads. It has the one parallel region that folds, and it is the only file
 * that knows OpenMP. Small regions more look at a team, part its threads, and do what is to be done
 * before a run.
 */
#ifndef PARSUM_TEAM_H
#define PARSUM_TEAM_H

#include "base/control.h"
#include "run/engine.h"
#include "run/window.h"
#include "term/term.h"
#include "run/trace.h"

#include <stdatomic.h>
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
    struct engine engine;
    const struct term *term;
    struct control *control;
    struct worker *workers; /* one a thread; what they did since team_open */
    char *slots;            /* where the threads of a round add up, one each; */
    struct table *tables;   /* and by key, if the term is keyed: from round to round; */
    struct hits *hits;      /* and where they keep the hits of a list: of this round */
    atomic_size_t taken;    /* so many of them are in use */
    atomic_size_t found;    /* hits of all of them */
    struct trace *trace;    /* NULL: no trace */
    bool parted;            /* its threads have been given a CPU each, and let go */
};

/* What a team is made for. All that it points to must outlive it. */
struct team_spec {
    int threads; /* 1 or more */
    bool serial; /* one thread, and no parallel region */
    const struct term *term;
    struct control *control;
    struct trace *trace; /* NULL: no trace */
    size_t most_keys;    /* in a table, if the term is keyed */
    bool at_once;        /* start the threads now, rather than at a round that has work for two */
};

/* What came of one round. */
struct team_outcome {
    size_t chunks_done; /* the first chunks of the round: done, in *sums, ready to settle */
    uint64_t busy_ns;   /* sum over the threads */
    uint64_t terms;
    struct chunk_fault fault; /* the first one in the order of positions; all before it is done */
};

/* The most threads that a team may have, and what sets that limit: "OMP_THREAD_LIMIT". */
int team_threads_limit(const char **what);

/* The number of threads that OpenMP's own rules give; 1 in a build without OpenMP. */
int team_default_threads(void);

/* Whether the calling thread works in a parallel region, be it one of another's. */
bool team_inside(void);

/* A team as OpenMP starts it. */
struct team_start {
    int threads; /* at most as many as were asked for */
    int cpus;    /* that they may use, all together, quotas aside */
    /* Settings of the environment that may be the reason, " (NAME=VALUE ...)", or "". */
    char why[256];
};

/*
 * How many threads a team of `threads` will have. Where settings of OpenMP in the environment may
 * make it smaller, or stack it, one is started to see.
 */
void team_start(int threads, struct team_start *start);

/*
 * With OMP_PROC_BIND the first thread is bound before main begins, and a program that takes the
 * place of this one would have that one place. This lets it have all of them.
 */
void team_unbind(void);

/* Does work(context, k) for each k of [0, count), in any order, on so many threads. */
void team_each(int threads, size_t count, void (*work)(void *context, size_t k), void *context);

/* The OpenMP that the program was built with, "201511" or "none". */
const char *team_openmp_version(void);

/* Fails if memory is short. The caller closes it, also after a failure. */
MUST_CHECK enum status team_open(struct team *team, const struct team_spec *spec);
void team_close(struct team *team);

/* What each thread has done since team_open, into `threads`, one for each. */
void team_tell(const struct team *team, struct engine_thread *threads);

/*
 * Works on the window's round until it is done, a stop or checkpoint is asked for (control), the
 * clock passes deadline_ns (0: no deadline), or a list has found as many hits as the window says.
 * What is done then is a number of first chunks of the round, at least one unless a stop is asked
 * for. Adds it to *sums. No I/O, no lock and no allocation inside.
 */
struct team_outcome team_compute(struct team *team, struct window *window, uint64_t deadline_ns,
                                 struct sums *sums);

#endif
