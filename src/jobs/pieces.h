/* pieces: brings arrays into memory, and makes digests of what they hold, on several threads. */
#ifndef PARSUM_PIECES_H
#define PARSUM_PIECES_H

#include "jobs/data.h"

#include <stddef.h>
#include <stdint.h>

/* Pieces of the elements, to be worked on by several threads, each on pieces of its own. */
size_t pieces_count(const struct data *data);

/*
 * Brings a piece into memory, as far as it is the file's own and memory is not short. The piece's
 * digest goes to digests[piece] unless `digests` is NULL.
 */
void pieces_touch(const struct data *data, size_t piece, uint64_t *digests);

/* Makes the digests of the arrays from those of all pieces. */
void pieces_digest(struct data *data, const uint64_t *digests);

#endif
