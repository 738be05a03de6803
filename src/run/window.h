/*
 * window: jobs laid end to end, and cut into chunks of even work.
 *
 *     jobs        |---- 1 ----|-2-|------------- 3 -------------|4|5|
 *     chunks      |       |       |       |       |       |       |
 *
 * A position is a number of terms from the first term of the run, so a run has at most 2^63-1
 * terms. The window holds the jobs of the moment: those before `settled` are finished and reported,
 * jobs are pushed at the end. A chunk adds up each job that lies within it whole, at once; of a job
 * that its borders cut it leaves the piece at the edge, and settling joins the pieces, in order.
 */
#ifndef PARSUM_WINDOW_H
#define PARSUM_WINDOW_H

#include "exact/results.h"
#include "jobs/job.h"
#include "term/term.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A grain that hands out whole jobs. */
#define GRAIN_JOB UINT64_MAX

/*
 * What is added up of a stretch of the run, a chunk or neighbours joined: three blocks of sums, one
 * after the other. `whole` may be NULL where nobody wants it.
 */
struct edge {
    struct sums *head;  /* of the job that began before the stretch; undefined if none did */
    struct sums *tail;  /* of the job that goes on after it, if it began within; else undefined */
    struct sums *whole; /* of the jobs that lie within it, whole */
};

/* A part of a round, positions [begin, end): the round of one process is its pieces, in order. */
struct piece {
    uint64_t begin, end;
    size_t first_chunk; /* window_cut_pieces fills these two in */
    size_t first_job;
};

/* A stretch that is done; the jobs that lie within it, whole, have their values. */
struct span {
    uint64_t begin, end;
    struct edge edge; /* with memory of its own */
    struct hits hits; /* of a list: all that lie in it */
};

/* What a chunk of a list found: `count` hits, from number `first` on. */
struct found {
    const struct hits *hits; /* of the thread that looked */
    size_t first, count;
};

/* Makes an empty span at `begin`; false if memory is short. Clearing it may be repeated. */
bool span_init(struct span *span, const struct layout *layout, uint64_t begin);
void span_clear(struct span *span);

/* Adds all of it to *sum. */
void span_add(const struct span *span, const struct layout *layout, struct sums *sum);

struct window {
    const struct results *results; /* what is made of the values, and */
    const struct layout *layout;   /* what is in the making */
    size_t slots;                  /* results_slots */

    /* jobs[first] to jobs[count-1] are not settled; begin[j] is the position of job j's first term,
       begin[count] the end of the last; window_values(j) are its results once it is finished. */
    struct job *jobs; /* their rows are the window's */
    uint64_t *begin;
    union value *values;
    struct sums *late; /* of each job what is in the making; NULL: nobody wants it */
    size_t first, count, capacity;
    uint64_t run_base; /* jobs[j] is run number run_base + j */
    uint64_t longest;  /* terms of the longest job that was ever taken */
    bool has_rows;     /* one of them had a row */

    uint64_t settled;    /* position before which everything is in a value or in `carry` */
    struct sums *carry;  /* the settled terms of jobs[first] */
    struct sums *joined; /* room to join two pieces of a job */

    /* The round: its pieces, cut into chunks of `grain` terms, or less at a piece's end. */
    const struct piece *pieces;
    size_t piece_count;
    struct piece only; /* where there is but one: [settled, end) */
    uint64_t grain;
    size_t chunks, chunks_max;
    struct sums *edges; /* three blocks a chunk, as in struct edge */

    /* Of a list; NULL: it is none. */
    struct found *found; /* of each chunk of the round */
    struct hits hits;    /* those of the settled part that were not taken yet */
    size_t enough;       /* the round may end once it has found so many */
};

/*
 * Makes an empty window for `jobs` jobs and `chunks` chunks; false if memory is short. The results
 * must outlive it.
 */
bool window_init(struct window *window, const struct results *results, size_t jobs, size_t chunks);
void window_clear(struct window *window);

/*
 * From now on jobs are not finished: what is in the making of them is kept, window_late(j), for
 * somebody who adds it up further. To be called before a job is pushed; false if memory is short.
 */
bool window_keep_late(struct window *window);

/* From now on chunks keep their hits, for a term that is a list; false if memory is short. */
bool window_keep_hits(struct window *window);

/* Empties the window: the next job that is pushed has run number `run` and begins at `position`. */
void window_restart(struct window *window, uint64_t run, uint64_t position);

/* The first `terms` terms of the first job were done before: their sums are `sums`. */
void window_resume(struct window *window, uint64_t terms, const struct sums *sums);

/* The results of job j, once it is finished. */
static inline union value *window_values(const struct window *window, size_t j)
{
    return &window->values[j * window->slots];
}

/* What is in the making of job j, which lies in the settled part, after window_keep_late. */
static inline struct sums *window_late(const struct window *window, size_t j)
{
    return sums_block(window->layout, window->late, j);
}

/* Room for another job? Makes some by moving jobs down, if settled ones can be forgotten. */
bool window_has_room(struct window *window);

/*
 * A batch for jobs to be read into the room at the end, which there must be: up to `most` of them,
 * with about `terms` terms. window_take then adds them, and owns their rows. False if the run would
 * have too many terms with the last one, which is left out: its row is the caller's.
 */
struct job_batch window_batch(const struct window *window, size_t most, uint64_t terms);
bool window_take(struct window *window, const struct job_batch *batch);

/* The same for a job that is there. */
bool window_push(struct window *window, struct job job);

/* Terms that are in the window and not settled. */
uint64_t window_terms(const struct window *window);

/*
 * Cuts the next round: at most `terms` terms, in chunks of `grain`, at most chunks_max of them.
 * With GRAIN_JOB a chunk is what is left of one job, and `terms` is not looked at.
 */
void window_cut(struct window *window, uint64_t terms, uint64_t grain);

/*
 * The same for a round of pieces, in order and apart from each other, none of them empty; the
 * caller keeps them as long as the round lasts. With GRAIN_JOB pieces end where jobs do. What would
 * make more than chunks_max chunks is left out.
 */
void window_cut_pieces(struct window *window, struct piece *pieces, size_t count, uint64_t grain);

/* The number of terms of chunk c, the position where it begins, and the first job it touches. */
uint64_t chunk_terms(const struct window *window, size_t c);
uint64_t chunk_begin(const struct window *window, size_t c);
size_t chunk_first_job(const struct window *window, size_t c);

/* Why a chunk could not be added up, and in which job. */
struct chunk_fault {
    struct fault fault; /* TERM_FINE: no fault */
    size_t job;         /* index in the window */
};

/* Where the run ends because of a fault: where its job begins, but in a list at its very place. */
uint64_t window_fault(const struct window *window, const struct chunk_fault *fault);

/* The job that holds the term at `position`, which is not settled: an index. */
size_t window_find_job(const struct window *window, uint64_t position);

/* Where one thread adds up. */
struct tally {
    struct sums *total;  /* of all its chunks */
    struct sums *job;    /* room for those of one job */
    struct table *table; /* of a term that is keyed: what it adds up goes here instead */
    struct hits *hits;   /* of a list: its hits go here, and are counted in the sums */
};

/*
 * Adds up chunk c of the round, into tally->total too. Threads may work on different chunks at
 * once: each writes only its own edge and the values of jobs that lie within its chunk. On false
 * *fault says why and where.
 */
bool chunk_add(struct window *window, size_t c, const struct term *term, const struct tally *tally,
               struct chunk_fault *fault);

/*
 * Joins what the first `done` chunks of the round left of piece p, at least one, to *span, which is
 * empty and begins with the piece. False if a sum does not fit its type: it is that of jobs[*job],
 * and the span ends before the chunk in which that job ends.
 */
bool window_join_chunks(struct window *window, size_t p, size_t done, struct span *span,
                        size_t *job);

/* Joins `next` to *span, which ends where `next` begins. False as above; *span stays then. */
bool window_join(struct window *window, struct span *span, const struct span *next, size_t *job);

/*
 * Settles the first `done` chunks of a round of one piece: the jobs that are finished have their
 * sums now. False if the sum of jobs[*job] does not fit its type: the chunks before the one in
 * which that job ends are settled then.
 */
bool window_settle(struct window *window, size_t done, size_t *job);

/* Settles a span that begins where the settled part ends. False as above; nothing is settled then.
 */
bool window_settle_span(struct window *window, const struct span *span, size_t *job);

/* The first job that is not finished: jobs[first] to the one before it have their sums. */
size_t window_finished(const struct window *window);

/* Drops the jobs before jobs[finished]. */
void window_forget(struct window *window, size_t finished);

#endif
