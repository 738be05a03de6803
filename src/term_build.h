/*
 * term_build: from a term's C file to shared libraries.
 *
 * Not thread-safe: it holds signals back while it works.
 */
#ifndef PARSUM_TERM_BUILD_H
#define PARSUM_TERM_BUILD_H

#include "diag.h"
#include "term_library.h"
#include "term_source.h"

#include <stdbool.h>
#include <stdint.h>

/* Which integers the libraries are made for. */
struct term_range {
    bool known;        /* if so, */
    int64_t low, high; /* those of [low, high), low < high; else all */
};

/*
 * Compiles the term, loads it, and saves it if the spec says so. Afterwards *whole is a library for
 * the range, and *fast one for a part of it, or none. The caller closes both. Nothing is left in the
 * file system. A term that does not compile is STATUS_USAGE; all failures have their message, but
 * for STATUS_STOPPED, which a signal asked for.
 */
enum status term_build(const struct term_spec *spec, struct term_range range,
                       struct term_library *whole, struct term_library *fast) MUST_CHECK;

#endif
