#include "run/pace.h"

/* A round grows at most this much over the last, so that one whose terms are suddenly dearer is
 * short. */
#define GROWTH 16

/*
 * A chunk lasts a 256th of the round, within these bounds. A chunk costs about 0.2 us to hand out
 * and book (scripts/bench, 2 cores): 0.4% of the shortest; the longest leaves a team idle for a
 * thousandth of a full round.
 */
#define CHUNK_MIN_NS 50000.0
#define CHUNK_MAX_NS 1000000.0
#define CHUNKS_A_THREAD 256

/* The same for blocks: in a full round one lasts 60 ms, and at its end 3% of the team's time is
   lost. */
#define BLOCKS_A_THREAD 16

/* How long the first round should last where the cost of a term is known. */
#define FIRST_ROUND_NS 1000000.0

void pace_start(struct pace *pace, int threads, double term_ns, bool blocks)
{
    *pace =
        (struct pace){.threads = threads, .plan = (uint64_t)threads, .grain = 1, .blocks = blocks};
    if (term_ns > 0) {
        pace->plan *= (uint64_t)(FIRST_ROUND_NS / term_ns) + 1;
        pace->grain = (uint64_t)(CHUNK_MIN_NS / term_ns) + 1;
        pace->term_ns = term_ns;
    }
}

uint64_t pace_grain(struct pace *pace, uint64_t terms)
{
    if (pace->blocks) {
        pace->grain = terms / ((uint64_t)pace->threads * BLOCKS_A_THREAD) + 1;
        return pace->grain;
    }
    const double round_ns = (double)terms * pace->term_ns / pace->threads;
    double chunk_ns = round_ns / CHUNKS_A_THREAD;
    if (chunk_ns < CHUNK_MIN_NS)
        chunk_ns = CHUNK_MIN_NS;
    if (chunk_ns > CHUNK_MAX_NS)
        chunk_ns = CHUNK_MAX_NS;

    const uint64_t most = pace->grain > UINT64_MAX / GROWTH ? UINT64_MAX : pace->grain * GROWTH;
    const double wanted = pace->term_ns > 0 ? chunk_ns / pace->term_ns : 1;
    pace->grain = wanted >= (double)most ? most : wanted < 1 ? 1 : (uint64_t)wanted;
    return pace->grain;
}

void pace_learn(struct pace *pace, uint64_t terms, uint64_t busy_ns)
{
    if (terms == 0)
        return;
    pace->term_ns = (double)(busy_ns ? busy_ns : 1) / (double)terms;
    const double full = PACE_ROUND_NS * (double)pace->threads / pace->term_ns;
    const uint64_t most = terms >= pace->plan / 2 && pace->plan <= UINT64_MAX / GROWTH
                              ? pace->plan * GROWTH
                              : pace->plan;
    pace->plan = full >= (double)most   ? most
                 : full < pace->threads ? (uint64_t)pace->threads
                                        : (uint64_t)full;
}
