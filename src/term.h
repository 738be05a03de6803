/*
 * term: what is added at each integer i.
 *
 * The built-in term is i itself. Any other is compiled from C (term_cc) and called through the
 * functions below, which add up one piece and know nothing of jobs, chunks or threads.
 */
#ifndef PARSUM_TERM_H
#define PARSUM_TERM_H

#include "exact.h"

#include <stdbool.h>
#include <stdint.h>

/* Why a piece could not be added up. */
enum fault_kind {
    FAULT_NONE,
    FAULT_OVERFLOW, /* a signed integer overflow inside the term */
    FAULT_SHIFT,    /* a shift by a negative number of bits, or by more than there are */
    FAULT_CONVERSION, /* a real that does not fit the integer type it is converted to */
    FAULT_DIVISION, /* an integer division by zero */
    FAULT_INFINITE, /* the term is infinite */
    FAULT_NAN,      /* the term is not a number */
    FAULT_MODES,    /* the term leaves rounding or other modes of the arithmetic changed */
    FAULT_SUM,      /* the terms are fine, but their sum does not fit its type */
};

struct fault {
    enum fault_kind kind;
    int64_t i; /* the first integer of the piece at which it happens */
};

/*
 * Adds term(i) for each i of [start, end) to *sum, which is of the term's kind. False if that can't
 * be done; *fault then says why, and *sum is undefined. Thread-safe.
 */
typedef bool term_add_function(const void *context, int64_t start, int64_t end, struct exact *sum,
                               struct fault *fault);

struct term {
    enum exact_kind kind;
    term_add_function *add;
    const void *context; /* passed to `add` */
    const char *source;  /* as the user wrote it, constants and all; "i" for the built-in term */
    const char *kernel;  /* which kernel runs: "avx512", "checked", "proved", ... */
    bool built_in;       /* the term is i, so sums can be checked by arithmetic */
    double term_ns;      /* about what a term costs, or 0: not known before the run */
};

#endif
