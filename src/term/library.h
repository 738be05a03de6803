/*
 * term_library: compiled terms as shared libraries: loaded, looked at, saved. The only file that
 * knows dlopen.
 *
 * A saved term, FILE.so, is a shared library for all integers. Behind its end there may be a second
 * one, faster, for the smaller range where no overflow is possible.
 *
 * Thread-safe as long as no two threads use one struct.
 */
#ifndef PARSUM_TERM_LIBRARY_H
#define PARSUM_TERM_LIBRARY_H

#include "base/bytes.h"
#include "base/error.h"
#include "term/inside/term_abi.h"

#include <stdbool.h>

struct loaded;

struct term_library {
    struct loaded *loaded;            /* NULL: not loaded */
    const struct term_module *module; /* as long as it is */
    bool found;
    int file; /* if found: the library itself, which may have no name any more */
};

/* Opens the file of a library, and runs nothing of it yet. False (errno) if it can't be opened. */
bool term_library_find(struct term_library *library, const char *path) MUST_CHECK;

/*
 * Loads a library that was found, from its open file, which may have no name any more; `name`
 * stands for it in messages. One that is not a term, is of another version, or needs what this CPU
 * lacks is STATUS_USAGE.
 */
enum status term_library_load(struct term_library *library, const char *name) MUST_CHECK;

/* Loads a saved term: *whole, and *fast if there is one. */
enum status term_library_open_saved(struct term_library *whole, struct term_library *fast,
                                    const char *path) MUST_CHECK;

/* Appends what a saved term's file holds; `fast` need not have been found. False if that fails. */
bool term_library_pack(const struct term_library *whole, const struct term_library *fast,
                       struct bytes *bytes) MUST_CHECK;

/*
 * Loads a saved term, whose file is at `data`, from there; or *whole from that file, if it has it
 * open.
 */
enum status term_library_unpack(struct term_library *whole, struct term_library *fast,
                                const unsigned char *data, size_t length,
                                const char *name) MUST_CHECK;

/*
 * Saves two libraries as one file, which is replaced at once or not at all; `fast` need not have
 * been found.
 */
enum status term_library_save(const char *path, const struct term_library *whole,
                              const struct term_library *fast) MUST_CHECK;

/*
 * Puts the file of an open library, for another process of this program, which gets it and loads it
 * from memory, as if it had been opened; `name` as above.
 */
enum status term_library_put(const struct term_library *library, struct bytes *bytes) MUST_CHECK;
enum status term_library_get(struct term_library *library, struct bytes *bytes,
                             const char *name) MUST_CHECK;

/* Does it call mathematical functions of this machine's, whose last bits differ? */
bool term_library_is_machines(const struct term_library *library);

/* Closes it, if it is there. It stays loaded: the term may have threads that still run. */
void term_library_close(struct term_library *library);

#endif
