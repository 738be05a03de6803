/*
 * library_loaded: the libraries that this process has loaded, each of which is in use by one term
 * at a time. Belongs to library.
 *
 * None is ever unloaded, as a term may have threads that still run. One that is given back serves
 * the next term that is the same, byte for byte: so a program that runs one term a thousand times
 * has it in memory once. Thread-safe.
 */
#ifndef PARSUM_TERM_LIBRARY_LOADED_H
#define PARSUM_TERM_LIBRARY_LOADED_H

#include "base/bytes.h"
#include "base/error.h"
#include "term/inside/term_abi.h"

#include <stdbool.h>

struct loaded {
    const struct term_module *module; /* NULL: it is no term */
    bool machine;                     /* it calls mathematical functions of this machine's */
    bool taken;
    struct bytes file; /* what it was loaded from */
    struct loaded *next;
};

/* Takes one that is loaded and free, or loads it, from the open file whose bytes these are; `name`
   stands for it in messages. Runs code of it, if it has constructors. */
enum status loaded_take(struct loaded **taken, int file, struct bytes *bytes,
                        const char *name) MUST_CHECK;

/* NULL is allowed. */
void loaded_give_back(struct loaded *loaded);

#endif
