/*
 * journal_read: a journal as it is read: first all of it, to see that it is sound and whose it is,
 * then once more, job by job, as the run catches up. Belongs to journal.
 */
#ifndef PARSUM_JOURNAL_READ_H
#define PARSUM_JOURNAL_READ_H

#include "run/journal.h"
#include "base/record.h"

#include <stddef.h>
#include <sys/types.h>

/* The first records, which tell one run from another; one of them is about the term. */
enum { JOURNAL_IDENTITY = 4, JOURNAL_TERM = 1, JOURNAL_IDENTITY_TEXT = 2048 };

struct journal_identity {
    char lines[JOURNAL_IDENTITY][JOURNAL_IDENTITY_TEXT];
};

struct journal_read {
    const char *name; /* for messages */
    const struct results *results;
    struct table tables[2];     /* and for their tables, of a term that is keyed */
    struct sums *blocks;        /* memory for the sums of these two */
    struct journal_state state; /* of the last checkpoint */
    struct journal_state next;  /* the one that is being read */
    uint64_t sequence;          /* its number; 0: there is none */
    off_t end;                  /* of its record, in the file */
    struct record_reader records;
    char *at; /* the next job of the record in hand; NULL: none */

    bool listed; /* there are hits, too, which are read beside the jobs: */
    enum exact_kind hit_kind;
    uint64_t hits_left; /* of those before the last checkpoint */
    bool has_hit;       /* the next one was read already: */
    struct hit hit;
    struct record_reader *hit_records;
    char *hits_at; /* as `at` */
};

/*
 * Makes what is to be read: nothing yet. STATUS_FAILED if memory is short. The caller clears it,
 * also after a failure; what it points to must outlive it. `by_key` is of a term that is keyed,
 * else NULL.
 */
enum status journal_read_init(struct journal_read *read, const char *name,
                              const struct results *results,
                              const struct results *by_key) MUST_CHECK;
void journal_read_clear(struct journal_read *read);

/*
 * Reads the file `fd` from end to end. STATUS_USAGE if it is the journal of another run or none at
 * all, STATUS_FAILED if it is damaged or can't be read.
 */
enum status journal_read_open(struct journal_read *read, int fd,
                              const struct journal_identity *identity) MUST_CHECK;

/* The next of the state.jobs finished jobs. */
enum status journal_read_job(struct journal_read *read, struct journal_job *job,
                             union value *values) MUST_CHECK;

/* Of a list: hits of `kind` are to be read; between init and open. STATUS_FAILED as in init. */
enum status journal_read_want_hits(struct journal_read *read, enum exact_kind kind) MUST_CHECK;

/* Takes the next of the hits, if it is one of job `run`: *found says so. */
enum status journal_read_hit(struct journal_read *read, uint64_t run, struct hit *hit,
                             bool *found) MUST_CHECK;

/* What a record of a part of a table begins with, and one of hits. */
#define JOURNAL_KEYS "keys"
#define JOURNAL_HITS "hits"

/* Is that the text of a record of finished jobs? */
bool journal_read_is_done(const char *text);
/* Or of hits? */
bool journal_read_is_hits(const char *text);

#endif
