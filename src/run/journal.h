/*
 * journal: what is finished, on disk, so that a stopped run can go on.
 *
 * The file is text, records of record.h:
 *
 *     parsum journal 1
 *     term 2ba63e5d5a1c6f0e i
 *     kind integer
 *     jobs random 3, below 100000000, seed 1, start 0
 *     done 1 0:95133313=4525173575183328 0:24732803=305855758830003
 *     checkpoint 7 jobs 2 total 4831027... next 0:50987 terms 40000 sum 799980000
 *
 * The first four tell one run from another; of the term only its digest does, which is of what is
 * in its file, not of where that lies. `done` holds finished jobs, beginning with the run
 * number given; of several sums each has its place, between commas. A job with columns is
 * START:END:DIGEST, and the third line tells what they are. A checkpoint says how many jobs
 * are finished, the exact total of all that is, and how far the next job has come. What is not
 * followed by a checkpoint does not count.
 *
 * Of a term that is keyed, a checkpoint comes with records before it that hold the table:
 *
 *     keys 0=12 1=7 -5=1
 *     checkpoint 8 jobs 2 total 20 keys 3
 *
 * Of a list the hits of the finished part stand before the checkpoint, RUN:I=VALUE each, and its
 * total counts them:
 *
 *     hits 1:5=1 1:13=1
 *
 * One append is what lies between two checkpoints, with the second one; it is made durable
 * (fdatasync) before the next one begins. So a crash can only spoil the last append, which is then
 * dropped with a note, while damage before the last checkpoint is an error.
 *
 * To go on, the finished jobs are read from the source again, held against the journal, and take
 * their sums from it; all that goes into a fresh journal, which replaces the old one when the run
 * is where it was. So until then the old one stays as it is. Memory is constant.
 *
 * One thread. After a failure the journal can only be closed.
 */
#ifndef PARSUM_JOURNAL_H
#define PARSUM_JOURNAL_H

#include "base/error.h"
#include "exact/sums.h"
#include "jobs/job.h"
#include "term/term.h"

#include <stdbool.h>
#include <stdint.h>

/* A job as a journal knows it. */
struct journal_job {
    int64_t start, end;
    uint64_t columns; /* a digest of them; 0: the jobs have none */
};
struct journal_job journal_job_of(struct job job);

/* Where a run stands. */
struct journal_state {
    uint64_t jobs;           /* finished ones */
    struct sums *total;      /* of all terms so far */
    struct table *table;     /* the same by key, of a term that is keyed; else NULL */
    uint64_t keys;           /* in it, when a checkpoint is read */
    uint64_t terms;          /* that are done of the next job; 0: it has not begun, and */
    struct journal_job next; /* these two say nothing */
    struct sums *sum;
};

struct journal;

/*
 * Opens the journal `name` of the run that adds up `term`, which must outlive it, over the jobs of
 * `source`. The journal of another run is STATUS_USAGE and stays as it is; so does a file that is
 * no journal. One that is damaged, in use, or can't be written is STATUS_FAILED. On STATUS_OK the
 * caller owns *opened.
 */
enum status journal_open(struct journal **opened, const char *name, const struct term *term,
                         struct job_source *source) MUST_CHECK;

/*
 * What it knows of the next job of the source, to be asked until it is JOURNAL_NOTHING and then,
 * until the first checkpoint, no more.
 */
enum journal_knows {
    JOURNAL_NOTHING,
    JOURNAL_FINISHED, /* its sum */
    JOURNAL_BEGUN,    /* journal_state of it */
};
enum journal_knows journal_knows(const struct journal *journal);

/* Where the run was stopped; valid until the first checkpoint. */
const struct journal_state *journal_state(const struct journal *journal);

/*
 * Demands that the job just read from the source is the one that the journal knows of, and gives
 * its values if it is finished; a difference is STATUS_USAGE.
 */
enum status journal_recall(struct journal *journal, struct job_source *source, struct job job,
                           union value *values) MUST_CHECK;

/* The source has ended, but the journal knows of more jobs: STATUS_USAGE. */
enum status journal_refuse_end(const struct journal *journal, struct job_source *source) MUST_CHECK;

/* Notes the next finished job; counts once a checkpoint follows. */
enum status journal_note(struct journal *journal, const struct job *job,
                         const union value *values) MUST_CHECK;

/*
 * Of a list: takes the next hit of job `run`, if the journal knows of one: *found says so. To be
 * asked after journal_recall of that job. And notes the next hit.
 */
enum status journal_recall_hit(struct journal *journal, uint64_t run, struct hit *hit,
                               bool *found) MUST_CHECK;
enum status journal_note_hit(struct journal *journal, const struct hit *hit) MUST_CHECK;

/* Makes durable all that was noted, and where the run stands. */
enum status journal_checkpoint(struct journal *journal,
                               const struct journal_state *state) MUST_CHECK;

/* When the next checkpoint should be made, in the time of clock_ns. */
uint64_t journal_due_ns(const struct journal *journal);

/* The file's name, for messages. */
const char *journal_name(const struct journal *journal);

/* NULL is allowed. What was noted after the last checkpoint is dropped. */
enum status journal_close(struct journal *journal) MUST_CHECK;

#endif
