/*
 * lists: adds up many short lists of doubles at once, exactly: each by itself, and all together.
 *
 * The lanes do it where the doubles of a call are of a size, else each list goes through a cascade
 * (short). Measured, lists of ten doubles on average (Zen 5, GCC 12): with vectors of eight 4 ns a
 * list, of four 7 ns, of two 11 ns; by the cascade 34 to 41 ns.
 *
 * Needs the default modes (modes). Thread-safe as long as no two threads share a struct.
 */
#ifndef PARSUM_LISTS_H
#define PARSUM_LISTS_H

#include "exact/lanes.h"
#include "exact/superacc.h"

#include <stddef.h>
#include <stdint.h>

/* In a call: that many lists and doubles at most. */
enum { LISTS_MOST = LANES_LIST, LISTS_ROOM = LANES_LIST_ROOM };

/* How the exponents of what came by have been; it makes no difference but to the speed. */
struct lists {
    const struct lanes *lanes;
    int k;            /* of the last window that fit, if */
    bool found;       /* there was one */
    unsigned misses;  /* calls in a row for which there was none */
    unsigned to_skip; /* calls that go past the lanes before these are tried again */
};

/* Lanes as fast as this CPU has them; or others, for tests. */
struct lists lists_start(void);

/*
 * Adds up `count` lists of doubles: list j are x[begin[j] - begin[0]] and so on to the
 * beginning of the next one. Writes the sum of each, rounded as superacc_round does, to sums[j],
 * and adds all of them to *total. At most LISTS_MOST lists, and doubles in them; LISTS_ROOM more
 * may be read. False if one of the doubles is infinite or NaN: then *total is as it was, and the
 * sums are undefined.
 */
bool lists_add(struct lists *lists, const double *x, const uint64_t *begin, size_t count,
               double *sums, struct superacc *total);

#endif
