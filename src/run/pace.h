/*
 * pace: how much work the next round holds and how large its chunks are, from what the last ones
 * cost.
 *
 * The first rounds are tiny: they measure the term, which may take a hundredth of a nanosecond or
 * an hour. Later ones last about a second, in chunks that are short enough to come out even and
 * long enough to hide what handing one out costs. Since sums are exact, chunks may follow the
 * clock and the sums stay the same to the bit.
 *
 * Pure functions on memory of the caller.
 */
#ifndef PARSUM_PACE_H
#define PARSUM_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* How long a round lasts at most, but for the chunks in hand. */
#define PACE_ROUND_NS 1000000000u

struct pace {
    int threads;
    uint64_t plan;  /* terms of the next round, if there are as many */
    uint64_t grain; /* of the last round */
    double term_ns; /* time that one thread takes for a term */
    bool blocks;    /* a chunk has a cost of its own, which is not known */
};

/*
 * term_ns: what a term costs as far as is known, or 0: the first round finds out, a term a thread.
 * With `blocks` there are as few chunks as still make an even load, since each of them may have to
 * set up something, as a sieve does, before its first term.
 */
void pace_start(struct pace *pace, int threads, double term_ns, bool blocks);

/* Terms in a chunk, for a round of `terms` terms, 1 <= terms <= plan. At least 1. */
uint64_t pace_grain(struct pace *pace, uint64_t terms);

/* Learns from a round: its terms, and the sum over the threads of the time they were busy. */
void pace_learn(struct pace *pace, uint64_t terms, uint64_t busy_ns);

#endif
