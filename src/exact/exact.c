#include "exact/exact.h"

#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
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
    return sum->kind == EXACT_NATURAL ? wide.high == (int128)(uint64_t)wide.high
                                      : wide.high == (int64_t)wide.high;
}

/* Digits come out from the right; 39 of them and a sign at most. */
static char *print_digits(bool negative, uint128 rest, char text[EXACT_TEXT])
{
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
    if (negative) {
        *--at = '-';
    }
    const size_t length = (size_t)(text + EXACT_TEXT - 1 - at);
    memmove(text, at, length + 1);
    return text + length;
}

static char *print_integer(int128 integer, char text[EXACT_TEXT])
{
    if (integer == (int64_t)integer) {
        char *const end = number_print((int64_t)integer, text);
        *end = '\0';
        return end;
    }
    return print_digits(integer < 0, integer < 0 ? 0 - (uint128)integer : (uint128)integer, text);
}

/* A finished sum of integers: its kind says whether its highest bit is a sign. */
static char *print_whole(enum exact_kind kind, int128 integer, char text[EXACT_TEXT])
{
    return kind == EXACT_NATURAL && integer < 0 ? print_digits(false, (uint128)integer, text)
                                                : print_integer(integer, text);
}

/*
 * Every decimal of at most DBL_DIG digits survives the way to a double and back, so if there is one
 * it is what %.15g prints, less its zeros. Subnormals have fewer digits, so they begin at one.
 */
static char *print_real(double real, char text[EXACT_TEXT])
{
    int digits = fabs(real) < DBL_MIN ? 1 : DBL_DIG;
    char *end;
    do {
        end = number_print_real(real, digits, text);
    } while (digits++ < DBL_DECIMAL_DIG && number_read_real(text, NULL) != real);
    return end;
}

char *exact_print(enum exact_kind kind, union value value, char text[EXACT_TEXT])
{
    return kind == EXACT_REAL ? print_real(value.real, text)
                              : print_whole(kind, value.integer, text);
}

/* Reads the digits, then prints the number and compares: that rejects all other text. */
static bool load_whole(enum exact_kind kind, const char *text, int128 *integer)
{
    const bool negative = *text == '-';
    uint128 magnitude = 0;
    for (const char *at = text + negative; *at >= '0' && *at <= '9'; at++) {
        magnitude = 10 * magnitude + (unsigned)(*at - '0');
    }
    *integer = (int128)(negative ? 0 - magnitude : magnitude);
    char again[EXACT_TEXT];
    print_whole(kind, *integer, again);
    return strcmp(text, again) == 0;
}

static bool load_integer(const char *text, int128 *integer)
{
    return load_whole(EXACT_WIDE, text, integer);
}

char *exact_save(const struct exact *sum, char text[EXACT_SAVED])
{
    if (sum->kind == EXACT_REAL)
        return superacc_print(&sum->real, text);
    if (sum->kind == EXACT_INTEGER)
        return print_integer(sum->low, text);
    const struct wide wide = wide_of(sum);
    text = print_integer(wide.high, text);
    *text++ = ':';
    return print_integer(wide.low, text);
}

bool exact_load(enum exact_kind kind, const char *text, struct exact *sum)
{
    exact_init(sum, kind);
    if (kind == EXACT_REAL) {
        return superacc_parse(text, strlen(text), &sum->real);
    }
    if (kind == EXACT_INTEGER) {
        return load_integer(text, &sum->low);
    }
    char high[EXACT_TEXT];
    const size_t length = strcspn(text, ":");
    if (length >= sizeof high || text[length] != ':') {
        return false;
    }
    memcpy(high, text, length);
    high[length] = '\0';
    return load_integer(high, &sum->high) && load_integer(text + length + 1, &sum->low) &&
           sum->low == (uint64_t)sum->low;
}

char *exact_save_value(enum exact_kind kind, union value value, char text[EXACT_TEXT])
{
    return kind == EXACT_REAL ? number_print_real(value.real, 0, text)
                              : print_whole(kind, value.integer, text);
}

bool exact_load_value(enum exact_kind kind, const char *text, union value *value)
{
    if (kind != EXACT_REAL) {
        return load_whole(kind, text, &value->integer);
    }
    char again[EXACT_TEXT];
    value->real = number_read_real(text, NULL);
    exact_save_value(kind, *value, again);
    return isfinite(value->real) && strcmp(text, again) == 0;
}
