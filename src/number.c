#include "number.h"

#include <ctype.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The magnitude of a number in the making: digits without the point, and where the point stands. */
struct decimal {
    unsigned __int128 digits; /* stops growing once it is beyond 64 bits */
    bool huge;                /* has grown beyond what fits */
    int64_t exponent;         /* value = digits * 10^exponent */
};

static void take_digit(struct decimal *decimal, char c)
{
    if (decimal->digits > UINT64_MAX)
        decimal->huge = true;
    else
        decimal->digits = decimal->digits * 10 + (unsigned)(c - '0');
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
        if (exponent < 1000000)
            exponent = exponent * 10 + (text[k] - '0');
    decimal->exponent += negative ? -exponent : exponent;
    return k;
}

/* Brings the exponent to 0. */
static enum number_error make_whole(struct decimal *decimal)
{
    if (decimal->digits == 0)
        return NUMBER_OK;
    for (; decimal->exponent < 0; decimal->exponent++) {
        if (decimal->huge)
            return NUMBER_RANGE;
        if (decimal->digits % 10 != 0)
            return NUMBER_SYNTAX;
        decimal->digits /= 10;
    }
    for (; decimal->exponent > 0 && !decimal->huge; decimal->exponent--)
        take_digit(decimal, '0');
    return decimal->huge ? NUMBER_RANGE : NUMBER_OK;
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

enum number_error number_parse(const char *text, size_t length, int64_t *value)
{
    if (parse_digits(text, length, value))
        return NUMBER_OK;
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
