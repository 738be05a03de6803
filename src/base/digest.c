#include "base/digest.h"

#include <string.h>

enum { LANES = 8 };

/* One step of a lane: each bit of the word reaches all higher bits, and by the shift the lower ones
   of the next step. */
static inline uint64_t step(uint64_t lane, uint64_t word)
{
    const uint64_t mixed = (lane ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return mixed ^ mixed >> 32;
}

uint64_t digest_block(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    uint64_t lanes[LANES], words[LANES] = {0};
    for (size_t k = 0; k < LANES; k++)
        lanes[k] = DIGEST_START + k;
    size_t left = count;
    for (; left >= sizeof words; left -= sizeof words, at += sizeof words) {
        memcpy(words, at, sizeof words);
        for (size_t k = 0; k < LANES; k++)
            lanes[k] = step(lanes[k], words[k]);
    }
    memset(words, 0, sizeof words);
    memcpy(words, at, left);
    uint64_t digest = step(DIGEST_START, count);
    for (size_t k = 0; k < LANES; k++)
        digest = step(digest, step(lanes[k], words[k]));
    return digest;
}
