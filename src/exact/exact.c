#include "exact/exact.h"

#include "base/number.h"
#include "exact/extreme.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *exact_kind_name(enum exact_kind kind)
{
    static const char *const names[] = {[EXACT_INTEGER] = "integer",
                                        [EXACT_WIDE] = "wide",
                                        [EXACT_NATURAL] = "natural",
                                        [EXACT_REAL] = "real"};
    return names[kind];
}

/* Which end of which numbers an extreme is of. */
static unsigned what_of(enum exact_kind kind)
{
    return (unsigned)kind - EXACT_EXTREME;
}

size_t exact_size(enum exact_kind kind)
{
    switch (kind) {
    case EXACT_INTEGER:
        return sizeof(int128);
    case EXACT_WIDE:
    case EXACT_NATURAL:
        return sizeof(struct exact_wide);
    case EXACT_REAL:
        return sizeof(struct superacc);
    case EXACT_PRODUCTS:
        return (sizeof(struct kulisch) + 15) / 16 * 16;
    case EXACT_SQUARES:
        return sizeof(struct exact_squares);
    default:
        return sizeof(struct extreme);
    }
}

_Static_assert(sizeof(struct superacc) % 16 == 0 && sizeof(struct extreme) % 16 == 0,
               "sums lie one after the other, aligned to 16");

static void merge_wide(struct exact_wide *into, const struct exact_wide *from)
{
    into->low += from->low;
    into->high += from->high;
}

void exact_merge(enum exact_kind kind, void *into, const void *from)
{
    switch (kind) {
    case EXACT_INTEGER:
        *(int128 *)into += *(const int128 *)from;
        break;
    case EXACT_WIDE:
    case EXACT_NATURAL:
        merge_wide(into, from);
        break;
    case EXACT_REAL:
        superacc_merge(into, from);
        break;
    case EXACT_PRODUCTS:
        kulisch_merge(into, from);
        break;
    case EXACT_SQUARES:
        for (int k = 0; k < 4; k++)
            ((struct exact_squares *)into)->limb[k] +=
                ((const struct exact_squares *)from)->limb[k];
        break;
    default:
        extreme_merge(what_of(kind), into, from);
    }
}

/* Carried: there is one and only one such pair for each number. */
static struct exact_wide carry(struct exact_wide wide)
{
    return (struct exact_wide){(uint64_t)wide.low, wide.high + (wide.low >> 64)};
}

static void carry_squares(struct exact_squares *squares)
{
    for (int k = 0; k < 3; k++) {
        squares->limb[k + 1] += squares->limb[k] >> 64;
        squares->limb[k] = (uint64_t)squares->limb[k];
    }
}

static void normalize_products(struct kulisch *sum)
{
    struct kulisch_digits digits;
    kulisch_read(sum, &digits);
    kulisch_write(sum, &digits);
}

void exact_normalize(enum exact_kind kind, void *sum)
{
    if (kind == EXACT_REAL)
        superacc_normalize(sum);
    else if (kind == EXACT_WIDE || kind == EXACT_NATURAL)
        *(struct exact_wide *)sum = carry(*(struct exact_wide *)sum);
    else if (kind == EXACT_PRODUCTS)
        normalize_products(sum);
    else if (kind == EXACT_SQUARES)
        carry_squares(sum);
}

bool exact_value(enum exact_kind kind, const void *sum, union value *value)
{
    if (kind == EXACT_REAL || kind == EXACT_PRODUCTS) {
        value->real = kind == EXACT_REAL ? superacc_round(sum) : kulisch_round(sum);
        return isfinite(value->real);
    }
    if (kind == EXACT_INTEGER) {
        value->integer = *(const int128 *)sum;
        return true;
    }
    const struct exact_wide wide = carry(*(const struct exact_wide *)sum);
    value->integer = (int128)((uint128)wide.high << 64 | (uint64_t)wide.low);
    return kind == EXACT_NATURAL ? wide.high == (int128)(uint64_t)wide.high
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

static char *save_wide(const struct exact_wide *sum, char text[EXACT_SAVED])
{
    const struct exact_wide wide = carry(*sum);
    text = print_integer(wide.high, text);
    *text++ = ':';
    return print_integer(wide.low, text);
}

static bool load_wide(const char *text, struct exact_wide *wide)
{
    char high[EXACT_TEXT];
    const size_t length = strcspn(text, ":");
    if (length >= sizeof high || text[length] != ':')
        return false;
    memcpy(high, text, length);
    high[length] = '\0';
    return load_integer(high, &wide->high) && load_integer(text + length + 1, &wide->low) &&
           wide->low == (uint64_t)wide->low;
}

static char *save_squares(const struct exact_squares *sum, char text[EXACT_SAVED])
{
    struct exact_squares squares = *sum;
    carry_squares(&squares);
    for (int k = 3; k >= 0; k--)
        text += sprintf(text, "%016" PRIx64 "%016" PRIx64 "%s", (uint64_t)(squares.limb[k] >> 64),
                        (uint64_t)squares.limb[k], k > 0 ? ":" : "");
    return text;
}

static bool load_squares(const char *text, struct exact_squares *squares)
{
    char again[EXACT_SAVED];
    uint64_t high[4], low[4];
    if (strlen(text) >= EXACT_SAVED ||
        sscanf(text,
               "%16" SCNx64 "%16" SCNx64 ":%16" SCNx64 "%16" SCNx64 ":%16" SCNx64 "%16" SCNx64
               ":%16" SCNx64 "%16" SCNx64,
               &high[3], &low[3], &high[2], &low[2], &high[1], &low[1], &high[0], &low[0]) != 8)
        return false;
    for (int k = 0; k < 4; k++)
        squares->limb[k] = (uint128)high[k] << 64 | low[k];
    save_squares(squares, again);
    return strcmp(text, again) == 0;
}

char *exact_save(enum exact_kind kind, const void *sum, char text[EXACT_SAVED])
{
    switch (kind) {
    case EXACT_INTEGER:
        return print_integer(*(const int128 *)sum, text);
    case EXACT_WIDE:
    case EXACT_NATURAL:
        return save_wide(sum, text);
    case EXACT_REAL:
        return superacc_print(sum, text);
    case EXACT_PRODUCTS:
        return text + saved_print(sum, text);
    case EXACT_SQUARES:
        return save_squares(sum, text);
    default:
        return extreme_print(what_of(kind), sum, text);
    }
}

bool exact_load(enum exact_kind kind, const char *text, void *sum)
{
    switch (kind) {
    case EXACT_INTEGER:
        return load_integer(text, sum);
    case EXACT_WIDE:
    case EXACT_NATURAL:
        return load_wide(text, sum);
    case EXACT_REAL:
        return superacc_parse(text, strlen(text), sum);
    case EXACT_PRODUCTS:
        return saved_parse(sum, text, strlen(text)) == SAVED_WELL && kulisch_finite(sum);
    case EXACT_SQUARES:
        return load_squares(text, sum);
    default:
        return extreme_parse(what_of(kind), text, sum);
    }
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
