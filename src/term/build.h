/*
 * term_build: from a term's C file to shared libraries.
 *
 * Not thread-safe.
 */
#ifndef PARSUM_TERM_BUILD_H
#define PARSUM_TERM_BUILD_H

#include "base/control.h"
#include "base/error.h"
#include "term/spec.h"
#include "term/library.h"

/*
 * Compiles the term, loads it, and saves it if the spec says so. Afterwards *whole is a library for
 * the range, or for all integers if that isn't known, and *fast one for a part of them, or none.
 * The caller closes both. Nothing is left in the file system. A term that does not compile is
 * STATUS_USAGE; all failures leave an error, but for STATUS_STOPPED, which a stop asked for.
 */
enum status term_build(const struct term_spec *spec, struct term_range range,
                       struct control *control, struct term_library *whole,
                       struct term_library *fast) MUST_CHECK;

#endif
