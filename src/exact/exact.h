/*
 * exact: sums without rounding.
 *
 * Integers are added in 128 bits, doubles in a superaccumulator, so addition is associative: a sum
 * has the same bits whatever the order, the chunks, the threads, the ranks and the restarts.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share a struct.
 */
#ifndef PARSUM_EXACT_H
#define PARSUM_EXACT_H

#include "exact/superacc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 int128;
typedef unsigned __int128 uint128;

/* What kind of terms a sum is made of. */
enum exact_kind {
    EXACT_INTEGER, /* terms of at most 64 bits, signed or unsigned */
    EXACT_WIDE,    /* terms of 128 bits */
    EXACT_NATURAL, /* the same without a sign: the sum may be beyond what a signed one can be */
    EXACT_REAL,    /* terms of type double */
};

/* A finished sum: the exact integer, or the exact real rounded once, to nearest even. */
union value {
    int128 integer; /* of EXACT_NATURAL its bits, in two's complement; else its value */
    double real;    /* EXACT_REAL */
};

/* The bytes of a union value that a finished sum takes. */
static inline size_t exact_size(enum exact_kind kind)
{
    return kind == EXACT_REAL ? sizeof(double) : sizeof(int128);
}

/*
 * A sum in the making. For EXACT_INTEGER `low` is the sum. For the wide kinds each term is cut into
 * its unsigned low 64 bits and its high ones, which are added apart: the sum is high * 2^64 + low.
 * At most 2^63-1 terms go into one sum, so neither part can overflow.
 * `real` is defined for EXACT_REAL alone.
 */
struct exact {
    enum exact_kind kind;
    int128 low;
    int128 high;
    struct superacc real;
};

/* Makes *sum an empty sum, 0. Inline, as it runs once a job, and a job may be tiny. */
static inline void exact_init(struct exact *sum, enum exact_kind kind)
{
    sum->kind = kind;
    sum->low = 0;
    sum->high = 0;
    if (kind == EXACT_REAL) {
        superacc_clear(&sum->real);
    }
}

/* Adds *from to *into; both of one kind. */
static inline void exact_merge(struct exact *into, const struct exact *from)
{
    into->low += from->low;
    into->high += from->high;
    if (into->kind == EXACT_REAL) {
        superacc_merge(&into->real, &from->real);
    }
}

/* True if both are of one kind and hold the same number. */
bool exact_equal(const struct exact *a, const struct exact *b);

/* exact_value for the kinds whose sums may not fit. */
bool exact_value_checked(const struct exact *sum, union value *value);

/*
 * Writes the finished sum to *value. False if it does not fit: a wide sum beyond 128 bits,
 * an EXACT_REAL sum that rounds to infinity. Inline, as it runs once a job.
 */
static inline bool exact_value(const struct exact *sum, union value *value)
{
    if (sum->kind != EXACT_INTEGER)
        return exact_value_checked(sum, value);
    value->integer = sum->low;
    return true;
}

/* Room for any finished sum as text, with its end. */
enum { EXACT_TEXT = 48 };

/*
 * Writes a finished sum as text, decimal, with its end: an integer whole, a finite real as
 * printf's %g with as few digits as read back to the same double: "0.1", "390", "1e+300", whatever
 * the locale. Returns where the text ends.
 */
char *exact_print(enum exact_kind kind, union value value, char text[EXACT_TEXT]);

/* Room for a sum in the making as text, with its end. */
enum { EXACT_SAVED = SUPERACC_TEXT };

/*
 * A sum in the making as text without blanks, and back: the same sum, whatever its kind. Equal sums
 * have equal text. exact_save returns where the text ends; exact_load is false if the text is
 * anything that exact_save does not write.
 */
char *exact_save(const struct exact *sum, char text[EXACT_SAVED]);
bool exact_load(enum exact_kind kind, const char *text, struct exact *sum);

/* The same for a finished sum; a real comes out in hexadecimal, as printf's %a. */
char *exact_save_value(enum exact_kind kind, union value value, char text[EXACT_TEXT]);
bool exact_load_value(enum exact_kind kind, const char *text, union value *value);

#endif
