/*
 * saved: a kulisch as bytes and as text, the same on every machine, and one for one: equal sums
 * have equal bytes and text, and nothing else is read. parsum.h tells what the text looks like.
 *
 * Bytes, least significant first where a number has several:
 *
 *      0  "PSUM"          4  version, 1           5  1 if the finite part is below 0, else 0
 *      6  the first of the digits (2 bytes)       8  how many there are (2 bytes)
 *     10  the counts of infinities, of negative ones, of NaN (8 bytes each, two's complement)
 *     34  the digits (4 bytes each): digit k weighs 2^(32 (first + k) - 2162)
 *         a digest of all that comes before (8 bytes, base/digest)
 *
 * The first and the last digit are not 0; a sum of 0 has none, and 0 for the first.
 *
 * Pure functions on memory of the caller; thread-safe.
 */
#ifndef PARSUM_SAVED_H
#define PARSUM_SAVED_H

#include "exact/kulisch.h"

#include <stddef.h>

enum { SAVED_BYTES = 34 + 4 * (KULISCH_CHUNKS + 1) + 8, SAVED_TEXT = 1280 };

enum saved {
    SAVED_WELL,
    SAVED_OTHERWISE, /* it is no saved sum */
    SAVED_DAMAGED,   /* the digest is another */
    SAVED_NEWER,     /* of a version that is not known here */
};

/* Returns how many bytes were written. */
size_t saved_put(const struct kulisch *sum, unsigned char bytes[SAVED_BYTES]);

/* Where it fails, *sum is undefined. */
enum saved saved_get(struct kulisch *sum, const unsigned char *bytes, size_t length);

/* Returns the length of the text without its end. */
size_t saved_print(const struct kulisch *sum, char text[SAVED_TEXT]);

/* Reads `length` bytes. Where it fails, *sum is undefined. */
enum saved saved_parse(struct kulisch *sum, const char *text, size_t length);

#endif
