/* spec: a term as the user gives it, and what it is wanted for. */
#ifndef PARSUM_SPEC_H
#define PARSUM_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most constants that a term may have. */
enum { TERM_CONSTANTS = 64 };

/* A term as the user gives it; the strings must outlive it. */
struct term_spec {
    const char *expression;                /* either this */
    const char *file;                      /* or this; FILE.so is a term that was saved */
    const char *constants[TERM_CONSTANTS]; /* each "NAME=VALUE" */
    size_t constant_count;
    bool wrap;        /* signed overflow wraps around */
    const char *save; /* where to keep the compiled term; NULL: nowhere */
    bool no_cache;    /* compile it anew, and keep it nowhere else */
};

/* The integers of a run. */
struct term_range {
    bool known;        /* if so, */
    int64_t low, high; /* all lie in [low, high), low < high */
};

#endif
