/* progress: a line on standard error with share done, rate and time left. One thread. */
#ifndef PARSUM_PROGRESS_H
#define PARSUM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    uint64_t start_ns;
    uint64_t drawn_ns;    /* when the line was drawn last; 0: it is not there */
    uint64_t rows_ns;     /* until then rows may be on their way to the terminal through a pipe */
    uint64_t total_terms; /* 0: not known */
    uint64_t done_before; /* terms that were done before the run began */
    bool listed;          /* hits are told, too: whoever wants that sets both */
    uint64_t hits;
};

/* A bar, if `on`, for a run that begins now, with some terms done before, when it was stopped. */
void progress_start(struct progress *progress, bool on, uint64_t total_terms, uint64_t done_before);

/* Should there be a bar when nobody says? On a terminal. */
bool progress_default(void);

/*
 * Draws the line anew, once the run is a second old and a tenth of a second after the last time. On
 * a terminal the line is never wider than that.
 */
void progress_update(struct progress *progress, uint64_t terms);

/*
 * Takes the line away from a terminal before results are written that end up there too: standard
 * output is that terminal, or a pipe to tee. A later update draws it again: with a pipe, once no
 * results have been written for a while.
 */
void progress_hide(struct progress *progress);

/* Says the same as a message, with or without a bar. Without a bar the terms of all jobs are
   counted only when a user asks (SIGUSR1). */
void progress_tell(struct progress *progress, uint64_t total_terms, uint64_t terms);

/* Takes the line away. */
void progress_stop(struct progress *progress);

#endif
