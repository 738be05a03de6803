#include "base/number.h"

#include <langinfo.h>
#include <locale.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * The magnitude of a number in the making: digits * 10^(zeros + dropped + exponent). Zeros are
 * counted until another digit follows them, so that those at the end of a fraction take no room.
 */
struct decimal {
    unsigned __int128 digits; /* stop growing once they are beyond 64 bits */
    int64_t zeros;            /* behind the digits */
    int64_t dropped;          /* digits for which there was no room */
    int64_t exponent;         /* of the last digit or zero that was read */
};

/* Makes room for `places` more digits, behind those that there are. */
static void shift(struct decimal *decimal, int64_t places)
{
    for (; decimal->digits > 0 && places > 0; places--) {
        if (decimal->digits > UINT64_MAX) {
            decimal->dropped += places;
            return;
        }
        decimal->digits *= 10;
    }
}

static void take_digit(struct decimal *decimal, char c)
{
    decimal->zeros++;
    if (c == '0')
        return;
    shift(decimal, decimal->zeros);
    decimal->zeros = 0;
    if (decimal->dropped == 0)
        decimal->digits += (unsigned)(c - '0');
}

/* Digits with single underscores between them; returns how many bytes they take, 0 if none. */
static size_t take_digits(struct decimal *decimal, const char *text, size_t length, bool fraction)
{
    size_t k = 0;
    while (k < length && (is_digit(text[k]) || (k > 0 && text[k] == '_' && text[k - 1] != '_'))) {
        if (text[k] != '_') {
            take_digit(decimal, text[k]);
            decimal->exponent -= fraction;
        }
        k++;
    }
    return k > 0 && text[k - 1] == '_' ? 0 : k;
}

/* "e8", "E+8", "e-1"; returns how many bytes it takes, 0 if it is none. */
static size_t take_exponent(struct decimal *decimal, const char *text, size_t length)
{
    size_t k = 1;
    const bool negative = k < length && text[k] == '-';
    if (k < length && (text[k] == '-' || text[k] == '+'))
        k++;
    if (k == length)
        return 0;
    int64_t exponent = 0;
    for (; k < length && is_digit(text[k]); k++)
        if (exponent < INT64_C(1000000000000000))
            exponent = exponent * 10 + (text[k] - '0');
    decimal->exponent += negative ? -exponent : exponent;
    return k;
}

/* Brings the exponent to 0. */
static enum number_error make_whole(struct decimal *decimal)
{
    const int64_t exponent = decimal->exponent + decimal->zeros;
    if (decimal->digits > 0 && exponent < 0)
        return NUMBER_SYNTAX;
    shift(decimal, exponent);
    return decimal->dropped > 0 ? NUMBER_RANGE : NUMBER_OK;
}

/* Up to 18 digits and nothing else, as nearly all numbers are: the fast way. False: take the other.
 */
static bool parse_digits(const char *text, size_t length, int64_t *value)
{
    if (length == 0 || length > 18)
        return false;
    int64_t number = 0;
    for (size_t k = 0; k < length; k++) {
        if (!is_digit(text[k]))
            return false;
        number = number * 10 + (text[k] - '0');
    }
    *value = number;
    return true;
}

/* Not inlined: the fast way needs none of its room. */
static __attribute__((noinline)) enum number_error parse_any(const char *text, size_t length,
                                                             int64_t *value)
{
    const char *const end = text + length;
    const bool negative = length > 0 && *text == '-';
    if (length > 0 && (*text == '-' || *text == '+'))
        text++;

    struct decimal decimal = {0};
    size_t taken = take_digits(&decimal, text, (size_t)(end - text), false);
    if (taken == 0)
        return NUMBER_SYNTAX;
    text += taken;
    if (text < end && *text == '.') {
        taken = take_digits(&decimal, text + 1, (size_t)(end - text) - 1, true);
        if (taken == 0)
            return NUMBER_SYNTAX;
        text += taken + 1;
    }
    if (text < end && (*text == 'e' || *text == 'E'))
        text += take_exponent(&decimal, text, (size_t)(end - text));
    if (text != end)
        return NUMBER_SYNTAX;

    const enum number_error error = make_whole(&decimal);
    if (error)
        return error;
    const unsigned __int128 limit = (unsigned __int128)INT64_MAX + negative;
    if (decimal.digits > limit)
        return NUMBER_RANGE;
    *value = (int64_t)(negative ? -(uint64_t)decimal.digits : (uint64_t)decimal.digits);
    return NUMBER_OK;
}

enum number_error number_parse(const char *text, size_t length, int64_t *value)
{
    return parse_digits(text, length, value) ? NUMBER_OK : parse_any(text, length, value);
}

const uint64_t number_powers[NUMBER_POWERS] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
    10000000000000000000u,
};

/* How many digits `number` has: from its bits, log10(2) being about 1233 / 4096. 0 has one, as 1.
 */
static unsigned count_digits(uint64_t number)
{
    number |= 1;
    const unsigned bits = 64 - (unsigned)__builtin_clzll(number);
    const unsigned guess = bits * 1233 >> 12;
    return guess + (number >= number_powers[guess]);
}

/* From the right, two digits at a time, as each division is waited for. */
char *number_print(int64_t value, char *text)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    uint64_t rest = (uint64_t)value;
    if (value < 0) {
        *text++ = '-';
        rest = -rest;
    }
    char *const end = text + count_digits(rest);
    char *at = end;
    for (; rest >= 100; rest /= 100)
        memcpy(at -= 2, pairs + 2 * (rest % 100), 2);
    if (rest >= 10)
        memcpy(at - 2, pairs + 2 * rest, 2);
    else
        at[-1] = (char)('0' + rest);
    return end;
}

#define SECOND_NS UINT64_C(1000000000)
#define DURATION_MAX_NS (UINT64_C(100) * 366 * 86400 * SECOND_NS)

/* "90", "0.5", ".5h", "15m" */
static enum number_error parse_span(const char *text, size_t length, uint64_t *ns)
{
    static const struct {
        char letter;
        uint64_t ns;
    } units[] = {
        {'s', SECOND_NS}, {'m', 60 * SECOND_NS}, {'h', 3600 * SECOND_NS}, {'d', 86400 * SECOND_NS}};
    uint64_t unit = SECOND_NS;
    for (size_t k = 0; k < sizeof units / sizeof *units; k++) {
        if (length > 0 && text[length - 1] == units[k].letter) {
            unit = units[k].ns;
            length--;
            break;
        }
    }
    struct decimal decimal = {0};
    size_t taken = take_digits(&decimal, text, length, false);
    if (taken < length && text[taken] == '.') { /* ".5" has no digit before it */
        const size_t fraction = take_digits(&decimal, text + taken + 1, length - taken - 1, true);
        taken = fraction ? taken + 1 + fraction : 0;
    }
    if (taken == 0 || taken != length)
        return NUMBER_SYNTAX;
    double span = (double)decimal.digits * (double)unit;
    int64_t exponent = decimal.exponent + decimal.zeros + decimal.dropped;
    for (; exponent < 0; exponent++)
        span /= 10;
    for (; exponent > 0 && span <= (double)DURATION_MAX_NS; exponent--)
        span *= 10;
    if (span > (double)DURATION_MAX_NS)
        return NUMBER_RANGE;
    *ns = (uint64_t)span;
    return NUMBER_OK;
}

/* Digits alone, at least `least` and at most `most` of them, as a number of seconds, hours or such.
 */
static enum number_error parse_field(const char *text, size_t length, size_t least, size_t most,
                                     uint64_t *field)
{
    int64_t number = 0;
    for (size_t k = 0; k < length; k++)
        if (!is_digit(text[k]))
            return NUMBER_SYNTAX;
    if (length < least || length > most)
        return NUMBER_SYNTAX;
    const enum number_error error = number_parse(text, length, &number);
    *field = (uint64_t)number;
    return !error && *field > DURATION_MAX_NS / SECOND_NS ? NUMBER_RANGE : error;
}

/*
 * "1:30:00", "1-12:30:00" and "1-12": behind days come hours, and what follows a colon has two
 * digits and is below 60.
 */
static enum number_error parse_clock(const char *text, size_t length, uint64_t *ns)
{
    const char *const dash = memchr(text, '-', length), *const end = text + length;
    uint64_t days = 0, seconds = 0;
    enum number_error error = NUMBER_OK;
    if (dash) {
        error = parse_field(text, (size_t)(dash - text), 1, SIZE_MAX, &days);
        text = dash + 1;
    }
    int fields = 0;
    for (const char *colon = text; !error && colon; fields++) {
        uint64_t field;
        colon = memchr(text, ':', (size_t)(end - text));
        error = parse_field(text, (size_t)((colon ? colon : end) - text), fields ? 2 : 1,
                            fields ? 2 : SIZE_MAX, &field);
        if (!error && (fields == 3 || (fields > 0 && field >= 60)))
            error = NUMBER_SYNTAX;
        if (!error)
            seconds = 60 * seconds + field;
        text = colon ? colon + 1 : end;
    }
    if (error)
        return error;
    for (; dash && fields < 3; fields++)
        seconds *= 60;
    seconds += 86400 * days;
    if (seconds > DURATION_MAX_NS / SECOND_NS)
        return NUMBER_RANGE;
    *ns = seconds * SECOND_NS;
    return NUMBER_OK;
}

enum number_error number_parse_duration(const char *text, size_t length, uint64_t *ns)
{
    const bool clock = memchr(text, ':', length) || memchr(text, '-', length);
    return clock ? parse_clock(text, length, ns) : parse_span(text, length, ns);
}

const char *number_error_text(enum number_error error)
{
    switch (error) {
    case NUMBER_OK:
        return "is an integer";
    case NUMBER_SYNTAX:
        return "is not an integer";
    case NUMBER_RANGE:
        return "does not fit in 64 bits (-9223372036854775808 to 9223372036854775807)";
    }
    return "";
}

/* "C", made once; (locale_t)0 where memory is short. */
static locale_t plain_locale(void)
{
    static _Atomic(locale_t) plain;
    locale_t made = atomic_load(&plain), none = (locale_t)0;
    if (!made && (made = newlocale(LC_ALL_MASK, "C", (locale_t)0)) &&
        !atomic_compare_exchange_strong(&plain, &none, made)) {
        freelocale(made); /* another thread was faster */
        made = none;
    }
    return made;
}

double number_read_real(const char *text, char **end)
{
    const locale_t plain = plain_locale();
    return plain ? strtod_l(text, end, plain) : strtod(text, end);
}

/* Only the radix depends on the locale. */
char *number_print_real(double value, int digits, char text[NUMBER_REAL])
{
    if (digits > 0)
        snprintf(text, NUMBER_REAL, "%.*g", digits, value);
    else
        snprintf(text, NUMBER_REAL, "%a", value);
    const char *const radix = nl_langinfo(RADIXCHAR);
    char *const found = strcmp(radix, ".") != 0 ? strstr(text, radix) : NULL;
    if (found) {
        *found = '.';
        memmove(found + 1, found + strlen(radix), strlen(found + strlen(radix)) + 1);
    }
    return text + strlen(text);
}
