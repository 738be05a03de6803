#include "base/name.h"

#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool name_is(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(name, word, length) == 0;
}

/* Words of C, and what a term is called and made of. */
static bool is_taken(const char *name, size_t length)
{
    static const char *const words[] = {
        "i",        "term",     "block",    "defined", "asm",      "auto",   "break",    "case",
        "char",     "const",    "continue", "default", "do",       "double", "else",     "enum",
        "extern",   "float",    "for",      "goto",    "if",       "inline", "int",      "long",
        "register", "restrict", "return",   "short",   "signed",   "sizeof", "static",   "struct",
        "switch",   "typedef",  "typeof",   "union",   "unsigned", "void",   "volatile", "while"};
    static const char *const prefixes[] = {"__", "parsum_", "PARSUM_", "term_", "TERM_"};
    bool taken = length > 1 && name[0] == '_' && name[1] >= 'A' && name[1] <= 'Z';
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        taken |= name_is(name, length, words[k]);
    for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++)
        taken |=
            length >= strlen(prefixes[k]) && memcmp(name, prefixes[k], strlen(prefixes[k])) == 0;
    return taken;
}

const char *name_fault(const char *name, size_t length)
{
    bool good = length > 0 && is_letter(name[0]);
    for (size_t k = 0; k < length; k++)
        good = good && (is_letter(name[k]) || is_digit(name[k]));
    if (!good)
        return "is not a name; take letters, digits and _";
    if (length > NAME_MAX_LENGTH)
        return "is longer than 63 letters; take a shorter name";
    return is_taken(name, length) ? "is taken; choose another name" : NULL;
}
