/*
 * names: what results are called: in the output, and by programs. A sum has the name of its value,
 * or "sum"; others are NAME_mean and so on, or "mean". Values without a name are numbered where
 * there are several.
 */
#ifndef PARSUM_NAMES_H
#define PARSUM_NAMES_H

#include "base/error.h"
#include "exact/results.h"
#include "jobs/columns.h"

#include <stdbool.h>
#include <stddef.h>

/* Room for a name with its end. */
enum { RESULT_NAME = 80 };

/*
 * Writes the names of the first `count` results, made of values with these names (NULL or "":
 * without one). STATUS_USAGE where two would be called alike, or one like a column of the jobs,
 * unless `columns` is NULL.
 */
enum status names_make(char (*names)[RESULT_NAME], const struct results *results, size_t count,
                       const char *const *values, const struct columns *columns) MUST_CHECK;

/* --reduce: names with commas between, each once; those of a second option follow. */
enum status names_reduce(const char *text, struct reductions *reductions) MUST_CHECK;

#endif
