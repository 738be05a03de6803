/*
 * share_wire: what ranks say to each other, as messages.
 */
#ifndef PARSUM_SHARE_WIRE_H
#define PARSUM_SHARE_WIRE_H

#include "base/bytes.h"
#include "run/engine.h"
#include "run/window.h"
#include "base/error.h"

#include <stdint.h>

/* What rank 0 says before a round, followed by its jobs, gaps and weights, or at the end. */
struct announcement {
    uint64_t run, position; /* of the first job */
    uint64_t jobs, gaps;    /* how many */
    uint64_t grain, limit_ns;
    uint32_t cycles, whole_gaps;
    uint64_t numbers; /* in the row of each job */
    uint64_t enough;  /* hits of a list, after which a rank may end the round */
    uint32_t over;    /* there are no more rounds */
    uint32_t collect; /* no round: all send what they have by key */
    uint32_t status;
    int64_t signal;
};

/* What a rank says after a round, followed by its spans, then by its trace if there is one. */
struct reply {
    uint64_t terms, busy_ns, spans;
    uint64_t fault_position, fault_run;
    struct term_place fault_at;
    uint32_t fault_kind;
    int32_t signal;
};

/* A job, with the numbers of its row. False if memory is short: then the message is broken. */
void share_put_job(struct bytes *bytes, const struct job *job, uint64_t numbers);
bool share_get_job(struct bytes *bytes, struct job *job, uint64_t numbers);

/* How a rank has fared, and the text of its error if it failed. */
void share_put_status(struct bytes *bytes, enum status status);
/* With `tell` it leaves that error, which came from `rank`. */
enum status share_get_status(struct bytes *bytes, size_t rank, bool tell);

/*
 * A span that lies in the window's round, with the values of the jobs that lie within it, and its
 * hits. False if memory is short: the message is then not read to its end, and there is no span.
 */
void share_put_span(struct bytes *bytes, const struct window *window, const struct span *span);
bool share_get_span(struct bytes *bytes, struct window *window, struct span *span);

/* A table; getting adds it to *into. STATUS_FAILED if that has too many keys then, or no memory. */
void share_put_table(struct bytes *bytes, const struct table *table);
enum status share_get_table(struct bytes *bytes, struct table *into) MUST_CHECK;

#endif
