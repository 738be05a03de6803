/*
 * data_npy: the header of numpy's .npy files, versions 1 to 3 (numpy.lib.format). Belongs to data.
 *
 * Pure functions, but for errors; thread-safe.
 */
#ifndef PARSUM_DATA_NPY_H
#define PARSUM_DATA_NPY_H

#include "jobs/data.h"

/* Does a file begin as a .npy file does? */
bool npy_is(const unsigned char *bytes, size_t size);

/*
 * Reads the header of such a file, of which all `size` bytes are given: the shape, and at which
 * byte the elements begin, all of which lie within the file. What is damaged, or what a term can't
 * read (Fortran order, objects, structs, other types, other dimensions), is STATUS_USAGE, with
 * `place` and the way to convert it in the error.
 */
enum status npy_read(const unsigned char *bytes, size_t size, const char *place,
                     struct shape *shape, size_t *offset) MUST_CHECK;

#endif
