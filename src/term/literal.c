#include "term/literal.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Behind a string or character that begins at `at`, or behind what there is of it. */
static const char *skip_quoted(const char *at)
{
    const char quote = *at++;
    while (*at && *at != quote && *at != '\n')
        at += at[0] == '\\' && at[1] ? 2 : 1;
    return *at ? at + 1 : at;
}

static const char *skip_comment(const char *at)
{
    const char *const end = at[1] == '*' ? strstr(at + 2, "*/") : strchr(at, '\n');
    return !end ? at + strlen(at) : at[1] == '*' ? end + 2 : end;
}

/* The length of a number as a preprocessor sees it: with letters, points, and signs of exponents.
 */
static size_t number_length(const char *text)
{
    const bool hexadecimal = text[0] == '0' && (text[1] | 32) == 'x';
    size_t length = 1;
    for (;; length++) {
        const char last = (char)(text[length - 1] | 32), c = text[length];
        const bool sign = (c == '+' || c == '-') && last == (hexadecimal ? 'p' : 'e');
        if (!sign && !isalnum((unsigned char)c) && c != '.' && c != '_')
            return length;
    }
}

static bool is_too_large(const char *text, size_t length)
{
    const bool hexadecimal = text[0] == '0' && (text[1] | 32) == 'x';
    if (memchr(text, '.', length))
        return false;
    char *end;
    errno = 0;
    const uint64_t value = strtoull(text, &end, 0);
    if (end < text + length && !strchr("uUlL", *end)) /* a real, a binary number, or none */
        return false;
    const bool is_unsigned = memchr(end, 'u', (size_t)(text + length - end)) ||
                             memchr(end, 'U', (size_t)(text + length - end));
    const bool decimal = !hexadecimal && text[0] != '0';
    return errno == ERANGE || (decimal && !is_unsigned && value > INT64_MAX);
}

const char *term_literal_find(const char *text, size_t *length)
{
    for (const char *at = text; *at;) {
        if (*at == '"' || *at == '\'') {
            at = skip_quoted(at);
        } else if (at[0] == '/' && (at[1] == '*' || at[1] == '/')) {
            at = skip_comment(at);
        } else if (isdigit((unsigned char)*at)) {
            *length = number_length(at);
            if (is_too_large(at, *length))
                return at;
            at += *length;
        } else if (isalpha((unsigned char)*at) || *at == '_') {
            while (isalnum((unsigned char)*at) || *at == '_')
                at++;
        } else {
            at++;
        }
    }
    return NULL;
}
