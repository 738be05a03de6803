/* digest: numbers that tell data apart: FNV-1a, and a faster one. Pure; thread-safe. */
#ifndef PARSUM_DIGEST_H
#define PARSUM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* The digest of nothing. */
#define DIGEST_START UINT64_C(0xcbf29ce484222325)

/* The digest of what `so_far` is the digest of, followed by `bytes`. */
static inline uint64_t digest_add(uint64_t so_far, const void *bytes, size_t count)
{
    const unsigned char *const at = bytes;
    for (size_t k = 0; k < count; k++)
        so_far = (so_far ^ at[k]) * UINT64_C(0x100000001b3);
    return so_far;
}

/*
 * Another digest, of many bytes at about the speed of memory: eight words at a time, each on a lane
 * of its own. The same on all machines of one byte order.
 */
uint64_t digest_block(const void *bytes, size_t count);

#endif
