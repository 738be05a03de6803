/*
 * exact: one sum without rounding, of any kind, or one extreme.
 *
 * Integers are added in 128 bits, doubles in a superaccumulator, so addition is associative: a sum
 * has the same bits whatever the order, the chunks, the threads, the ranks and the restarts. The
 * same holds for the least and the greatest number, and where it was found first.
 *
 * A sum in the making is memory of exact_size(kind) bytes, aligned to 16; all zeros is an empty
 * sum, 0, of every kind. At most 2^63-1 terms go into one sum.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share a sum.
 */
#ifndef PARSUM_EXACT_H
#define PARSUM_EXACT_H

#include "exact/saved.h"
#include "exact/superacc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 int128;
typedef unsigned __int128 uint128;

/* What kind of terms a sum is made of, and what it holds while it is in the making. */
enum exact_kind {
    EXACT_INTEGER, /* terms of at most 64 bits, signed or unsigned: an int128 */
    EXACT_WIDE,    /* terms of 128 bits: a struct exact_wide */
    EXACT_NATURAL, /* the same without a sign: the sum may be beyond what a signed one can be */
    EXACT_REAL,    /* terms of type double: a struct superacc */
    /* Those below are parts of other results (results.h), and are never finished by themselves. */
    EXACT_PRODUCTS, /* products of doubles, and doubles: a struct kulisch, all of it finite */
    EXACT_SQUARES,  /* natural terms of 256 bits: a struct exact_squares */
    EXACT_EXTREME,  /* to EXACT_KINDS - 1: a struct extreme, of EXTREME_GREATEST and so on */
    EXACT_KINDS = EXACT_EXTREME + 8,
};

/*
 * A sum of 128-bit terms. Each term is cut into its unsigned low 64 bits and its high ones, which
 * are added apart: the sum is high * 2^64 + low. 2^63-1 terms overflow neither part.
 */
struct exact_wide {
    int128 low, high;
};

/* A sum of natural terms of 256 bits, each cut into 64 bits: the sum is all limb[k] * 2^(64 k). */
struct exact_squares {
    uint128 limb[4];
};

/* A finished sum: the exact integer, or the exact real rounded once, to nearest even. */
union value {
    int128 integer; /* of EXACT_NATURAL its bits, in two's complement; else its value */
    double real;    /* EXACT_REAL */
};

/* The name of a kind up to EXACT_REAL, "integer" and so on, as a journal has it. */
const char *exact_kind_name(enum exact_kind kind);

/* The bytes of a sum in the making: a multiple of 16. */
size_t exact_size(enum exact_kind kind);

/* The bytes of a union value that a finished sum takes. */
static inline size_t exact_value_size(enum exact_kind kind)
{
    return kind == EXACT_REAL ? sizeof(double) : sizeof(int128);
}

/* Adds *from to *into, both of `kind`. */
void exact_merge(enum exact_kind kind, void *into, const void *from);

/* Brings the sum into the one form that equal sums have: then they have equal bytes. */
void exact_normalize(enum exact_kind kind, void *sum);

/*
 * Writes the finished sum to *value. False if it does not fit: a wide sum beyond 128 bits,
 * an EXACT_REAL sum that rounds to infinity.
 */
bool exact_value(enum exact_kind kind, const void *sum, union value *value);

/* Room for any finished sum as text, with its end. */
enum { EXACT_TEXT = 48 };

/*
 * Writes a finished sum as text, decimal, with its end: an integer whole, a finite real as
 * printf's %g with as few digits as read back to the same double: "0.1", "390", "1e+300", whatever
 * the locale. Returns where the text ends.
 */
char *exact_print(enum exact_kind kind, union value value, char text[EXACT_TEXT]);

/* Room for a sum in the making as text, with its end. */
enum { EXACT_SAVED = SAVED_TEXT };
_Static_assert((int)EXACT_SAVED >= (int)SUPERACC_TEXT, "any sum has room");

/*
 * A sum in the making as text without blanks and commas, and back: the same sum, whatever its kind.
 * Equal sums have equal text. exact_save returns where the text ends; exact_load is false if the
 * text is anything that exact_save does not write.
 */
char *exact_save(enum exact_kind kind, const void *sum, char text[EXACT_SAVED]);
bool exact_load(enum exact_kind kind, const char *text, void *sum);

/* The same for a finished sum; a real comes out in hexadecimal, as printf's %a. */
char *exact_save_value(enum exact_kind kind, union value value, char text[EXACT_TEXT]);
bool exact_load_value(enum exact_kind kind, const char *text, union value *value);

#endif
