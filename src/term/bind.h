/* bind: what a library is told before its first call: where the arrays are, and the seed. */
#ifndef PARSUM_BIND_H
#define PARSUM_BIND_H

#include "base/bytes.h"
#include "base/error.h"
#include "jobs/data.h"
#include "term/inside/term_abi.h"

#include <stdint.h>

/* The arrays that it was compiled for; `arrays` may be NULL. STATUS_USAGE if one is missing, or
   another; `name` is the library's, for messages. */
enum status bind_arrays(const struct term_module *module, const struct data *arrays,
                        const char *name) MUST_CHECK;

/* Only a term that draws random numbers has a place for the seed. NULL is allowed. */
void bind_seed(const struct term_module *module, uint64_t seed);

/* What tells the data of one process from those of another, and whether these are the same: else
   STATUS_USAGE. */
void bind_put(const struct data *data, struct bytes *bytes);
enum status bind_check(const struct data *data, struct bytes *bytes) MUST_CHECK;

#endif
