/*
 * streams NAME: random bits as terms draw them, without end, to standard output.
 *
 *     i        draw 0 of consecutive i
 *     k        draws 0, 1, 2 ... of one i
 *     three    draws 0, 1 and 2 of consecutive i
 *     seeds    draw 0 of one i, with consecutive seeds
 *     below    random_below(i, 0, 2^32) of consecutive i
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What that file wants to find. */
#define PARSUM_LOOK 0
#define PARSUM_PROOF 0
#define PARSUM_OWN static inline __attribute__((__always_inline__, __unused__))
#define PARSUM_REFUSE() ((void)0)
#include "term/inside/term_random.h"

enum { DRAWS = 3 << 12 };

static void fill(const char *name, uint64_t first, uint64_t bits[DRAWS])
{
    for (uint64_t n = 0; n < DRAWS; n++) {
        const uint64_t draw = first + n;
        if (name[0] == 's')
            parsum_seed = draw;
        bits[n] = name[0] == 'i'   ? parsum_random_bits(draw, 0)
                  : name[0] == 'k' ? parsum_random_bits(12345, draw)
                  : name[0] == 't' ? parsum_random_bits(draw / 3, draw % 3)
                                   : parsum_random_bits(7, 0);
    }
    /* Two numbers of 32 bits make one of 64. */
    for (uint64_t n = 0; n < DRAWS && name[0] == 'b'; n++)
        bits[n] = parsum_random_below(2 * (first + n), 0, UINT64_C(1) << 32) |
                  parsum_random_below(2 * (first + n) + 1, 0, UINT64_C(1) << 32) << 32;
}

int main(int argc, char **argv)
{
    static uint64_t bits[DRAWS];
    if (argc != 2 || !strchr("iktsb", argv[1][0]))
        return 2;
    parsum_seed = 1;
    for (uint64_t first = 0;; first += DRAWS) {
        fill(argv[1], first, bits);
        if (fwrite(bits, sizeof *bits, DRAWS, stdout) != DRAWS)
            return 0; /* the reader has had enough */
    }
}
