#include "exact/saved.h"

#include "base/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VERSION = 1, DIGITS_AT = 34, DIGITS_MAX = KULISCH_CHUNKS + 1 };

static unsigned char *put(unsigned char *at, uint64_t number, int bytes)
{
    for (int k = 0; k < bytes; k++)
        *at++ = (unsigned char)(number >> 8 * k);
    return at;
}

static uint64_t get(const unsigned char *at, int bytes)
{
    uint64_t number = 0;
    for (int k = 0; k < bytes; k++)
        number |= (uint64_t)at[k] << 8 * k;
    return number;
}

static const unsigned char magic[4] = {'P', 'S', 'U', 'M'};

size_t saved_put(const struct kulisch *sum, unsigned char bytes[SAVED_BYTES])
{
    struct kulisch_digits digits;
    kulisch_read(sum, &digits);
    memcpy(bytes, magic, sizeof magic);
    unsigned char *at = put(bytes + 4, VERSION, 1);
    at = put(at, digits.negative && digits.end > 0, 1);
    at = put(at, (uint64_t)digits.first, 2);
    at = put(at, (uint64_t)(digits.end - digits.first), 2);
    at = put(at, (uint64_t)sum->infinities[0], 8);
    at = put(at, (uint64_t)sum->infinities[1], 8);
    at = put(at, (uint64_t)sum->nans, 8);
    for (int k = digits.first; k < digits.end; k++)
        at = put(at, digits.digit[k], 4);
    at = put(at, digest_add(DIGEST_START, bytes, (size_t)(at - bytes)), 8);
    return (size_t)(at - bytes);
}

/* Makes a sum from its parts. False if these are not what kulisch_read gives. */
static bool assemble(struct kulisch *sum, const struct kulisch_digits *digits,
                     const int64_t counts[3])
{
    const bool zero = digits->first == 0 && digits->end == 0 && !digits->negative;
    const bool room = digits->first < digits->end && digits->end <= DIGITS_MAX;
    if (!zero &&
        !(room && digits->digit[digits->first] != 0 && digits->digit[digits->end - 1] != 0))
        return false;
    /* The last digit lies in the upper half of a chunk that has a sign, and room to be merged. */
    if (digits->end == DIGITS_MAX && digits->digit[DIGITS_MAX - 1] >> 30 != 0)
        return false;
    kulisch_write(sum, digits);
    sum->infinities[0] = counts[0];
    sum->infinities[1] = counts[1];
    sum->nans = counts[2];
    return true;
}

enum saved saved_get(struct kulisch *sum, const unsigned char *bytes, size_t length)
{
    if (length < DIGITS_AT + 8 || memcmp(bytes, "PSUM", 4) != 0)
        return SAVED_OTHERWISE;
    if (bytes[4] != VERSION)
        return bytes[4] > VERSION ? SAVED_NEWER : SAVED_OTHERWISE;
    const uint64_t first = get(bytes + 6, 2), count = get(bytes + 8, 2);
    if (length != DIGITS_AT + 4 * count + 8)
        return SAVED_OTHERWISE;
    if (get(bytes + length - 8, 8) != digest_add(DIGEST_START, bytes, length - 8))
        return SAVED_DAMAGED;
    if (bytes[5] > 1 || first + count > DIGITS_MAX)
        return SAVED_OTHERWISE;
    struct kulisch_digits digits = {
        .negative = bytes[5] != 0,
        .first = (int)first,
        .end = (int)(first + count),
    };
    for (uint64_t k = 0; k < count; k++)
        digits.digit[first + k] = (uint32_t)get(bytes + DIGITS_AT + (ptrdiff_t)4 * k, 4);
    int64_t counts[3];
    for (int k = 0; k < 3; k++)
        counts[k] = (int64_t)get(bytes + 10 + (ptrdiff_t)8 * k, 8);
    return assemble(sum, &digits, counts) ? SAVED_WELL : SAVED_OTHERWISE;
}

/* Bits [at, at + 4) of the digits; 0 where there are none. */
static unsigned nibble(const struct kulisch_digits *digits, int at)
{
    unsigned bits = 0;
    for (int j = 3; j >= 0; j--) {
        const int k = (at + j) / 32;
        const bool there = at + j >= 0 && k >= digits->first && k < digits->end;
        bits = bits << 1 | (there ? digits->digit[k] >> (at + j) % 32 & 1 : 0);
    }
    return bits;
}

/* Writes the finite part. */
static char *print_digits(const struct kulisch_digits *digits, char *at)
{
    if (digits->end == 0)
        return stpcpy(at, "0x0p+0");
    int top = 32 * digits->end - 1 - __builtin_clz(digits->digit[digits->end - 1]);
    const int low = 32 * digits->first + __builtin_ctz(digits->digit[digits->first]);
    const int exponent = top + KULISCH_UNIT;
    at = stpcpy(at, digits->negative ? "-0x1" : "0x1");
    if (top > low)
        *at++ = '.';
    for (; top > low; top -= 4)
        *at++ = "0123456789abcdef"[nibble(digits, top - 4)];
    return at + sprintf(at, "p%+d", exponent);
}

size_t saved_print(const struct kulisch *sum, char text[SAVED_TEXT])
{
    struct kulisch_digits digits;
    kulisch_read(sum, &digits);
    char *at = print_digits(&digits, text);
    const char *const names[3] = {"+inf", "-inf", "nan"};
    const int64_t counts[3] = {sum->infinities[0], sum->infinities[1], sum->nans};
    for (int k = 0; k < 3; k++)
        if (counts[k] != 0)
            at += sprintf(at, " %s:%" PRId64, names[k], counts[k]);
    return (size_t)(at - text);
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads a decimal number with an optional sign, up to 19 digits; NULL if there is none. */
static const char *read_decimal(const char *at, int64_t *number)
{
    const bool negative = *at == '-';
    uint64_t magnitude = 0;
    at += *at == '-' || *at == '+';
    const char *const from = at;
    for (; *at >= '0' && *at <= '9' && at - from < 19; at++)
        magnitude = 10 * magnitude + (uint64_t)(*at - '0');
    *number = (int64_t)(negative ? 0 - magnitude : magnitude);
    return at > from ? at : NULL;
}

static void put_nibble(struct kulisch_digits *digits, int at, unsigned bits)
{
    for (int j = 0; j < 4; j++)
        if (at + j >= 0 && at + j < 32 * DIGITS_MAX)
            digits->digit[(at + j) / 32] |= (bits >> j & 1) << (at + j) % 32;
}

/* Reads the finite part. What it takes for digits is too much: the sum is printed and compared. */
static const char *read_digits(const char *at, struct kulisch_digits *digits)
{
    if (strncmp(at, "0x0p+0", 6) == 0)
        return at + 6;
    digits->negative = *at == '-';
    at += digits->negative;
    if (strncmp(at, "0x1", 3) != 0)
        return NULL;
    at += 3;
    const char *const fraction = at + (*at == '.');
    const char *end = fraction;
    while (digit_value(*end) >= 0)
        end++;
    int64_t exponent;
    at = *end == 'p' ? read_decimal(end + 1, &exponent) : NULL;
    if (!at || exponent < KULISCH_UNIT || exponent >= 32 * DIGITS_MAX + KULISCH_UNIT)
        return NULL;
    const int top = (int)exponent - KULISCH_UNIT;
    put_nibble(digits, top, 1);
    for (const char *c = fraction; c < end; c++)
        put_nibble(digits, top - 4 * (int)(c - fraction + 1), (unsigned)digit_value(*c));
    digits->end = DIGITS_MAX;
    while (digits->end > 0 && digits->digit[digits->end - 1] == 0)
        digits->end--;
    while (digits->first < digits->end && digits->digit[digits->first] == 0)
        digits->first++;
    return at;
}

enum saved saved_parse(struct kulisch *sum, const char *text, size_t length)
{
    char copy[SAVED_TEXT] = {0}, again[SAVED_TEXT]; /* zeros: GCC compares beyond an end */
    if (length >= sizeof copy)
        return SAVED_OTHERWISE;
    memcpy(copy, text, length);
    copy[length] = '\0';
    struct kulisch_digits digits = {0};
    int64_t counts[3] = {0};
    const char *at = read_digits(copy, &digits);
    const char *const names[3] = {" +inf:", " -inf:", " nan:"};
    for (int k = 0; k < 3 && at; k++)
        if (strncmp(at, names[k], strlen(names[k])) == 0)
            at = read_decimal(at + strlen(names[k]), &counts[k]);
    if (!at || !assemble(sum, &digits, counts))
        return SAVED_OTHERWISE;
    return saved_print(sum, again) == length && memcmp(again, copy, length) == 0 ? SAVED_WELL
                                                                                 : SAVED_OTHERWISE;
}
