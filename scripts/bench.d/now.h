/* now: seconds since some moment that is the same in all of a process. */
#ifndef NOW_H
#define NOW_H

#include <time.h>

static inline double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

#endif
