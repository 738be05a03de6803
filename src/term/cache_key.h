/*
 * cache_key: what a compiled term depends on, as numbers.
 *
 * A compiler's product depends on its text and its options, which are told before it runs, and on
 * the files that it includes, which it tells afterwards (-MD). So there are two numbers: the key,
 * by which a term is looked for, and the state of those files, which has to be as it was.
 *
 * Not thread-safe.
 */
#ifndef PARSUM_CACHE_KEY_H
#define PARSUM_CACHE_KEY_H

#include "base/bytes.h"
#include "term/recipe.h"
#include "term/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache_key {
    uint64_t words[2]; /* digests from two different starts */
};

/*
 * Makes the key of the C text of a term and of what is in its file; of the program's version and
 * recipes; of the compiler: its words, its program as stat and PATH have it, and the variables that
 * compilers listen to; of the CPU; and, if there are options, of the current directory. Not of what
 * a script calls that stands for a compiler, other than cc, gcc, clang, as and ld.
 *
 * False if the compiler's words name files that it does not include, such as objects, libraries and
 * plugins, or if they say something that is not known to be harmless.
 */
bool cache_key_make(struct cache_key *key, const struct recipe *recipe, const char *text,
                    size_t length, uint64_t file) MUST_CHECK;

void cache_key_add(struct cache_key *key, const void *bytes, size_t length);

/*
 * Appends the names in a list of dependencies, as Make has it, each with its end: all but those in
 * `directory`. False if it is no such list.
 */
bool cache_key_files(struct bytes *files, const char *list, const char *directory) MUST_CHECK;

/*
 * A digest of the files that are named from byte `at` on, of what is in them or, which is faster,
 * of what stat tells of them; and of which others stand where a compiler looks for them before or
 * after it has found these: in the directories that the options, CPATH and the like name, in
 * /usr/local/include, and beside the files. False if one can't be read, or was changed at
 * `since_ns` (of CLOCK_REALTIME) or later.
 */
bool cache_key_state(const struct compiler *compiler, const struct bytes *files, size_t at,
                     bool content, int64_t since_ns, uint64_t *state) MUST_CHECK;

#endif
