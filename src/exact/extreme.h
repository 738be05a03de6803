/*
 * extreme: the least or the greatest number so far, and where it was found first.
 *
 * A number may be an integer, a natural (128 bits without a sign) or a real, as the caller knows
 * it; of reals -0 and +0 are equal. Of equal numbers the first one counts: that of the least run,
 * and there of the least i. So extremes can be merged in any order.
 *
 * Pure functions on memory of the caller; thread-safe as long as no two threads share an extreme.
 */
#ifndef PARSUM_EXTREME_H
#define PARSUM_EXTREME_H

#include <stdbool.h>
#include <stdint.h>

/* What kind of number, and which end of the numbers is looked for. */
enum { EXTREME_GREATEST = 1, EXTREME_NATURAL = 2, EXTREME_REAL = 4 };

/* All zeros: there was no number yet. No padding. */
struct extreme {
    union {
        __int128 integer; /* of a natural its bits, in two's complement */
        double real;      /* finite; the other bytes are 0 */
    } value;
    int64_t i;   /* the integer at which it was found, */
    int64_t run; /* and the job's number, from 1; 0: there was no number yet */
};

/* Does the number of `a` lie further out than that of `b`? Both have one. */
bool extreme_beats(unsigned what, const struct extreme *a, const struct extreme *b);

/* Makes *into what it is of both. */
void extreme_merge(unsigned what, struct extreme *into, const struct extreme *from);

/* Room for an extreme as text, with its end. */
enum { EXTREME_TEXT = 96 };

/*
 * "-" if there was no number, else "RUN:I:BITS", the bits of the number in hexadecimal: no blanks
 * and no commas. extreme_print returns where the text ends; extreme_parse is false for any other
 * text.
 */
char *extreme_print(unsigned what, const struct extreme *extreme, char text[EXTREME_TEXT]);
bool extreme_parse(unsigned what, const char *text, struct extreme *extreme);

#endif
