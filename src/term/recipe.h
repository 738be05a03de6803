/*
 * recipe: how a term is compiled: which options the compiler gets for which purpose.
 *
 * Pure functions on memory of the caller.
 */
#ifndef PARSUM_RECIPE_H
#define PARSUM_RECIPE_H

#include "term/compiler.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* As term_before.h counts them; EXPAND, the preprocessor alone, is a LOOK to it. */
enum way { PROOF, CHECKED, FAST, LOOK, EXPAND };

/* Options that not all compilers know: NEW_CLANG is Clang 16 and later; a PLAIN one knows none. */
enum dialect { GCC, NEW_CLANG, CLANG, PLAIN, DIALECTS };

/* How large a term can be, as proved: in [-2^bits, 2^bits); 64: nothing is known. */
enum bits { BITS_NONE = 64, BITS_60 = 60, BITS_32 = 32 };

/* A library to be made, and what was found out about the term for it. */
struct part {
    int64_t low, high; /* for i of [low, high) */
    bool within;       /* and as far as the arrays are known to have elements (term_reach) */
    bool safe;         /* no check can fail */
    enum bits bits;
    const char *proof, *object, *library; /* names of its files */
};

/* What all of a term's recipes have in common. */
struct recipe {
    const struct compiler *compiler;
    enum dialect dialect;
    bool wrap; /* signed overflow wraps around */
};

/* A call of the compiler, and what its options lie in; it must stay where it was made. */
struct step {
    struct compiler_call call;
    char texts[5][64], paths[3][PATH_MAX];
    const char *before[24], *after[32];
};

/* What the compiler's name tells; it may be wrong. */
enum dialect recipe_guess(const struct compiler *compiler);

/* Does a compiler say in its messages that it does not have this dialect? */
bool recipe_is_unknown(enum dialect dialect, const char *messages);

/* Where a LOOK lists the files that the term includes, as Make has it. */
#define RECIPE_FILES "files"

/* What an EXPAND writes: the term's C file after the preprocessor, with the macros. */
#define RECIPE_EXPANDED "expanded"

/* Compiles the term in one of the ways for a part of the run. */
void recipe_compile(struct step *step, enum way way, struct recipe recipe, const struct part *part);

/* Makes the shared library of a part, with what notes that a check has failed. */
void recipe_link(struct step *step, struct recipe recipe, const struct part *part);

#endif
