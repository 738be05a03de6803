/*
 * cache: compiled terms that are kept for the next run.
 *
 * They lie in $XDG_CACHE_HOME/parsum, or ~/.cache/parsum: a directory that only this user may
 * enter, and which is no link. A file of it is named after all that goes into a term (cache_key),
 * and holds the libraries, the files that the term includes, and what the compiler said of it. It
 * is made under another name and renamed, so that any number of processes may read and write at
 * once. It has a digest, and is loaded from memory, so a file that is damaged, or changed while it
 * is read, is as good as none. Together the files take up to CACHE_BYTES; then those go that were
 * not used for the longest time.
 *
 * A run's range is rounded up, so that another number of terms finds the same library. Where the
 * compiler can prove less of the larger range, the library is for the exact one. One with checks
 * serves runs for which a proof is known to fail: those that contain a range for which it did.
 *
 * Nothing here is an error: without a cache terms are compiled. Not thread-safe.
 */
#ifndef PARSUM_CACHE_H
#define PARSUM_CACHE_H

#include "base/bytes.h"
#include "term/library.h"
#include "term/recipe.h"
#include "term/spec.h"

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_BYTES = 100 << 20 };

struct cache_key;

struct cache {
    int directory; /* -1: there is no cache */
    struct cache_key *key;
    const struct compiler *compiler;
    struct term_range range; /* of the run; all integers if that is not known */
    struct term_range wide;  /* the same rounded up */
    int64_t since_ns;        /* a file that is changed from here on may not be what was compiled */
};

/* What the runs are that a library serves: those in `range` that contain [low, high). */
struct cache_use {
    struct term_range range;
    bool any; /* all those in `range` */
};

/*
 * Opens the cache for a term, of whose C text this is; `compiler` must outlive it. There is none if
 * the spec or PARSUM_CACHE=off says so, if there is no directory for it, or if the compiler's words
 * bring along what the key does not know. A directory that others can write gets a note.
 */
void cache_open(struct cache *cache, const struct term_spec *spec, const struct recipe *recipe,
                struct term_range range, const char *text, size_t length);

/*
 * Loads the term, if it is there. Then *messages, which the caller frees, is what the compiler said
 * of it.
 */
bool cache_find(const struct cache *cache, struct term_library *whole, struct term_library *fast,
                char **messages) MUST_CHECK;

/*
 * Keeps a term that was compiled for `use`. `list` has the files that it includes, as Make has it.
 */
void cache_keep(const struct cache *cache, struct cache_use use, const struct term_library *whole,
                const struct term_library *fast, const char *list, const char *messages);

void cache_close(struct cache *cache);

#endif
