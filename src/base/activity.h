/*
 * activity: what a thread is in the middle of, for whoever tells of a crash.
 *
 * A term is somebody else's code. Before and after each call of it the thread notes for which
 * integers of which jobs that is; what is made of it is the affair of the host of these rooms.
 * Thread-safe: each thread has its own.
 */
#ifndef PARSUM_ACTIVITY_H
#define PARSUM_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct activity {
    volatile bool within; /* the user's term */
    bool known;           /* the host has been told of this thread */
    uint64_t first, last; /* of these jobs, from 1; 0: the term is being loaded */
    int64_t start, end;   /* integers of [start, end) */
};

extern _Thread_local struct activity activity;

/* What the host wants to be told; NULL: nothing. Set once, before anything goes on. */
extern struct activity_host {
    void (*first)(void);       /* a thread is about to enter the term for the first time */
    void (*left)(void);        /* a thread has come back from it */
    void (*ended)(void *none); /* a thread ends within it, and would be waited for for ever */
} activity_host;

static inline void activity_enter(uint64_t first, uint64_t last, int64_t start, int64_t end)
{
    if (!activity.known && activity_host.first)
        activity_host.first();
    activity.known = true;
    activity.first = first;
    activity.last = last;
    activity.start = start;
    activity.end = end;
    activity.within = true;
}

static inline void activity_leave(void)
{
    if (activity_host.left)
        activity_host.left();
    activity.within = false;
}

/* For pthread_cleanup_push, in between. */
void activity_ended(void *none);

#endif
