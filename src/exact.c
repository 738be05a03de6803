#include "exact.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A wide sum, carried: high * 2^64 + low with one and only one pair for each number. */
struct wide {
    int128 high;
    uint64_t low;
};

static struct wide wide_of(const struct exact *sum)
{
    return (struct wide){sum->high + (sum->low >> 64), (uint64_t)sum->low};
}

bool exact_equal(const struct exact *a, const struct exact *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind != EXACT_REAL) {
        const struct wide x = wide_of(a);
        const struct wide y = wide_of(b);
        return x.high == y.high && x.low == y.low;
    }
    struct superacc x = a->real;
    struct superacc y = b->real;
    superacc_normalize(&x);
    superacc_normalize(&y);
    return memcmp(&x, &y, sizeof x) == 0;
}

bool exact_value_checked(const struct exact *sum, union value *value)
{
    if (sum->kind == EXACT_REAL) {
        value->real = superacc_round(&sum->real);
        return isfinite(value->real);
    }
    const struct wide wide = wide_of(sum);
    value->integer = (int128)((uint128)wide.high << 64 | wide.low);
    return wide.high == (int64_t)wide.high;
}

/* Digits come out from the right; 39 of them and a sign at most. */
static void print_integer(int128 integer, char text[EXACT_TEXT])
{
    uint128 rest = integer < 0 ? 0 - (uint128)integer : (uint128)integer;
    char *at = text + EXACT_TEXT - 1;
    *at = '\0';
    do {
        /* 18 digits at a time: dividing 64 bits is much cheaper than dividing 128 */
        const uint64_t billion_squared = UINT64_C(1000000000000000000);
        uint64_t group = (uint64_t)(rest % billion_squared);
        rest /= billion_squared;
        for (int digits = 0; rest > 0 ? digits < 18 : digits == 0 || group > 0; digits++) {
            *--at = (char)('0' + group % 10);
            group /= 10;
        }
    } while (rest > 0);
    if (integer < 0) {
        *--at = '-';
    }
    memmove(text, at, (size_t)(text + EXACT_TEXT - at));
}

/*
 * Every decimal of at most DBL_DIG digits survives the way to a double and back, so if there is one
 * it is what %.15g prints, less its zeros. Subnormals have fewer digits, so they begin at one.
 */
static void print_real(double real, char text[EXACT_TEXT])
{
    int digits = fabs(real) < DBL_MIN ? 1 : DBL_DIG;
    do {
        snprintf(text, EXACT_TEXT, "%.*g", digits, real);
    } while (digits++ < DBL_DECIMAL_DIG && strtod(text, NULL) != real);
}

void exact_print(enum exact_kind kind, union value value, char text[EXACT_TEXT])
{
    if (kind == EXACT_REAL) {
        print_real(value.real, text);
    } else {
        print_integer(value.integer, text);
    }
}
