#include "term/hint.h"

#include "base/error.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* Is the word there, alone? */
static bool has_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += length)
        if ((at == text || !is_in_word(at[-1])) && !is_in_word(at[length]))
            return true;
    return false;
}

const char *hint_remedy(const char *expression, const char *what)
{
    static const struct {
        const char *word, *remedy;
        bool parts; /* operands, so that C expects something else there */
    } words[] = {
        {"pi", "pi is M_PI", false},
        {"PI", "pi is M_PI", false},
        {"ln", "the natural logarithm is log", false},
        {"mod", "the remainder is %", true},
        {"div", "a division of integers is /", true},
        {"and", "C has && for and", true},
        {"or", "C has || for or", true},
        {"not", "C has ! for not", true},
        {"max", "the greater is fmax(a, b), or a > b ? a : b for integers", false},
        {"min", "the lesser is fmin(a, b), or a < b ? a : b for integers", false},
        {"True", "C has true", false},
        {"False", "C has false", false},
    };
    if (strstr(expression, "**") || (strchr(expression, '^') && strstr(what, "operand")))
        return "a square is i*i, a power pow(i, 3)";
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (has_word(expression, words[k].word) &&
            (has_word(what, words[k].word) || (words[k].parts && strstr(what, "expected"))))
            return words[k].remedy;
    if (strstr(what, "stray '\\") || strstr(what, "\\U0000") || strstr(what, "<U+"))
        return "C knows the operators of ASCII alone, such as * - /";
    return NULL;
}

/* Does a number of one or two digits follow an exclusive or, as if that were a power, or is it one
   of 2 or 10? */
static bool looks_like_a_power(const char *expression)
{
    for (const char *at = expression; (at = strchr(at, '^')); at++) {
        const char *const number = at + 1 + strspn(at + 1, " \t"), *end = at, *word;
        const size_t digits = strspn(number, "0123456789");
        while (end > expression && isblank((unsigned char)end[-1]))
            end--;
        for (word = end; word > expression && is_in_word(word[-1]);)
            word--;
        if (((digits == 1 || digits == 2) && !is_in_word(number[digits])) ||
            (end - word == 1 && *word == '2') || (end - word == 2 && strncmp(word, "10", 2) == 0))
            return true;
    }
    return false;
}

/* Goes to the end of the literal or of the comment that begins here, or stays. */
static const char *skip(const char *at)
{
    if (at[0] == '/' && at[1] == '*') {
        const char *const end = strstr(at + 2, "*/");
        return end ? end + 1 : at + strlen(at) - 1;
    }
    if (*at != '"' && *at != '\'')
        return at;
    const char quote = *at;
    const char *end = at + 1;
    while (*end && *end != quote)
        end += *end == '\\' && end[1] ? 2 : 1;
    return *end ? end : end - 1;
}

struct found {
    bool comment; /* of what follows two strokes */
    bool comma;   /* outside of all brackets */
};

static struct found look(const char *expression)
{
    struct found found = {false, false};
    int depth = 0;
    for (const char *at = expression; *at && !found.comment; at++) {
        at = skip(at);
        depth +=
            (*at == '(' || *at == '[' || *at == '{') - (*at == ')' || *at == ']' || *at == '}');
        found.comment = at[0] == '/' && at[1] == '/';
        found.comma |= *at == ',' && depth == 0;
    }
    return found;
}

void hint_note(const char *option, const char *expression)
{
    const struct found found = look(expression);
    if (looks_like_a_power(expression))
        error_note("%s '%s': ^ is C's exclusive or; a square is i*i, a power pow(i, 3)", option,
                   expression);
    if (found.comment)
        error_note("%s '%s': // begins a comment, and what follows it is left out; a division of "
                   "integers is i/2",
                   option, expression);
    if (found.comma)
        error_note("%s '%s': C leaves out what stands before a comma; a real is 0.5, and each "
                   "value wants an option of its own",
                   option, expression);
}
