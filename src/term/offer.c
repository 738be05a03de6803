#include "term/offer.h"

#include "term/ctext.h"
#include "term/values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names, and the files of term/inside that have their functions, as parsum_NAME. */
static const struct {
    const char *name, *file;
    bool standard; /* the C library declares it: only a definition makes it the user's */
} offers[] = {
#define MATHEMATICS(name, file)                                                                    \
    {name, file, true},                                                                            \
    {                                                                                              \
        name "f", file, true                                                                       \
    }
    /* clang-format off */
    {"gcd", "term_arithmetic.h", false},
    {"isqrt", "term_arithmetic.h", false},
    {"mulmod", "term_arithmetic.h", false},
    {"powmod", "term_arithmetic.h", false},
    {"isprime", "term_arithmetic.h", false},
    {"uniform", "term_random.h", false},
    {"normal", "term_random.h", false},
    {"random_bits", "term_random.h", false},
    {"random_below", "term_random.h", false},
    MATHEMATICS("exp", "math_exp.h"),
    MATHEMATICS("exp2", "math_exp.h"),
    MATHEMATICS("expm1", "math_exp.h"),
    MATHEMATICS("log", "math_log.h"),
    MATHEMATICS("log2", "math_log.h"),
    MATHEMATICS("log10", "math_log.h"),
    MATHEMATICS("log1p", "math_log.h"),
    MATHEMATICS("pow", "math_pow.h"),
    MATHEMATICS("cbrt", "math_root.h"),
    MATHEMATICS("hypot", "math_root.h"),
    MATHEMATICS("sin", "math_sin.h"),
    MATHEMATICS("cos", "math_cos.h"),
    MATHEMATICS("tan", "math_tan.h"),
    MATHEMATICS("asin", "math_arc.h"),
    MATHEMATICS("acos", "math_arc.h"),
    MATHEMATICS("atan", "math_arc.h"),
    MATHEMATICS("atan2", "math_arc.h"),
    MATHEMATICS("sinh", "math_hyperbolic.h"),
    MATHEMATICS("cosh", "math_hyperbolic.h"),
    MATHEMATICS("tanh", "math_hyperbolic.h"),
    MATHEMATICS("erf", "math_erf.h"),
    MATHEMATICS("erfc", "math_erfc.h"),
};
/* clang-format on */
enum { OFFERS = sizeof offers / sizeof *offers };
_Static_assert(OFFERS < 63, "a set has 64 bits");

/* The number of the name that is the word, or OFFERS. */
static size_t find(const char *word, size_t length)
{
    size_t k = 0;
    while (k < OFFERS && (offers[k].name[0] != word[0] ||
                          strncmp(offers[k].name, word, length) != 0 || offers[k].name[length]))
        k++;
    return k;
}

offer_set offer_mentioned(const char *text)
{
    offer_set names = 0;
    for (size_t k = 0; k < OFFERS; k++)
        if (ctext_mentions(text, offers[k].name, strlen(offers[k].name)))
            names |= (offer_set)1 << k;
    return names;
}

offer_set offer_wanted(const struct term_spec *spec)
{
    offer_set names = 0;
    for (size_t k = 0; k < spec->value_count; k++)
        names |= offer_mentioned(named_of(spec->values[k]).text);
    for (size_t k = 0; k < spec->let_count; k++)
        names |= offer_mentioned(named_of(spec->lets[k]).text);
    for (size_t k = 0; k < spec->constant_count; k++)
        names |= offer_mentioned(strchrnul(spec->constants[k], '='));
    return names;
}

bool offer_has_mathematics(offer_set names)
{
    bool has = false;
    for (size_t k = 0; k < OFFERS; k++)
        has |= (names >> k & 1) && offers[k].standard;
    return has;
}

/* A place in preprocessed text, and what is known of it. */
struct scan {
    bool system;    /* it lies in a system header */
    int braces;     /* so many are open, */
    int parens;     /* and so many of these */
    int enumerator; /* the number of braces inside those of an enum at the top level; or 0 */
    bool value;     /* behind the = of a declaration */
    bool is_enum;   /* the declaration has the word enum */
    char before;    /* the character before the word, blanks apart; for words their last one */
    bool tag;       /* the word before is struct, union or enum */
    bool optimises; /* there was a pragma or an attribute `optimize` */
    offer_set mentioned, declared;
    offer_set variables, called; /* in the function in hand: used as a variable is, and called */
};

/* Passes over a line that begins with #: a macro, a pragma, or where the next line comes from. */
static const char *scan_directive(struct scan *scan, const char *at)
{
    const char *const end = strchrnul(at, '\n');
    at += 1 + strspn(at + 1, " \t");
    if (strncmp(at, "define ", 7) == 0) {
        const size_t k = find(at + 7, ctext_word(at + 7));
        if (k < OFFERS)
            scan->declared |= (offer_set)1 << k;
    } else if (strncmp(at, "pragma GCC optimize", 19) == 0) {
        scan->optimises |= !scan->system;
    } else if (isdigit((unsigned char)*at)) { /* 12 "file.h" 1 3 */
        const char *flags = end;
        while (flags > at && flags[-1] != '"')
            flags--;
        scan->system = memchr(flags, '3', (size_t)(end - flags)) != NULL;
    }
    return end;
}

/* Do parentheses and a body follow? */
static bool is_definition(const char *at)
{
    int open = 0;
    at += strspn(at, " \t\n");
    if (*at != '(')
        return false;
    do {
        open += (*at == '(') - (*at == ')');
        at++;
    } while (*at && open > 0);
    return at[strspn(at, " \t\n")] == '{';
}

/* Is a word that ends at `end` what a declaration declares? */
static bool is_declared(const struct scan *scan, const char *end)
{
    const char *const next = end + strspn(end, " \t\n");
    if (scan->braces > 0)
        return scan->braces == scan->enumerator && scan->parens == 0 &&
               (scan->before == '{' || scan->before == ',');
    if (scan->tag || scan->value)
        return false;
    if (scan->parens == 0)
        return true;
    /* (name)(...) and (*name)(...) */
    return next[0] == ')' && next[1 + strspn(next + 1, " \t\n")] == '(';
}

/* Is it the member of a struct: .NAME or ->NAME? */
static bool is_member(const struct scan *scan, const char *word)
{
    while (scan->before == '>' && *word != '>')
        word--;
    return scan->before == '.' || (scan->before == '>' && word[-1] == '-');
}

/*
 * A variable or a parameter that points to a function is called as a function is, and is the
 * user's, and so is a member. A function of parsum's is a macro: only its calls are its own.
 */
static void scan_use(struct scan *scan, const char *word, size_t length, offer_set name)
{
    const char *const next = word + length + strspn(word + length, " \t\n");
    const bool member = is_member(scan, word);
    if (*next == '(' && member)
        scan->declared |= name;
    else if (*next == '(')
        scan->called |= name;
    else if (!member && (*next == ',' || *next == ')' || (*next == '=' && next[1] != '=')))
        scan->variables |= name;
}

static void scan_word(struct scan *scan, const char *word, size_t length)
{
    const size_t k = find(word, length);
    if (k < OFFERS) {
        const offer_set name = (offer_set)1 << k;
        if (!scan->system && !offers[k].standard)
            scan_use(scan, word, length, name);
        if (!scan->system)
            scan->mentioned |= name;
        if (offers[k].standard ? scan->braces == 0 && is_definition(word + length)
                               : is_declared(scan, word + length))
            scan->declared |= name;
    }
    scan->optimises |= !scan->system && ((length == 8 && memcmp(word, "optimize", 8) == 0) ||
                                         (length == 12 && memcmp(word, "__optimize__", 12) == 0));
    const bool is_enum = length == 4 && memcmp(word, "enum", 4) == 0;
    scan->tag = is_enum || (length == 6 && memcmp(word, "struct", 6) == 0) ||
                (length == 5 && memcmp(word, "union", 5) == 0);
    scan->is_enum |= is_enum && scan->braces == 0 && scan->parens == 0;
}

static void scan_sign(struct scan *scan, char sign)
{
    scan->tag = false;
    scan->parens += (sign == '(') - (sign == ')');
    scan->braces += (sign == '{') - (sign == '}');
    if (sign == '{' && scan->braces == 1 && scan->is_enum && scan->before != ')')
        scan->enumerator = 1;
    if (scan->braces > 0)
        return;
    scan->enumerator = 0;
    if (sign == ';' || sign == '}') {
        scan->declared |= scan->variables & scan->called;
        scan->variables = scan->called = 0;
    }
    if (sign == '=')
        scan->value = true;
    if ((sign == ',' && scan->parens == 0) || sign == ';' || sign == '}')
        scan->value = false;
    if (sign == ';' || sign == '}')
        scan->is_enum = false;
}

offer_set offer_missing(const char *preprocessed)
{
    struct scan scan = {.before = '\n'};
    bool line = true;
    for (const char *at = preprocessed; *at;) {
        const char *const next = *at == '#' && line ? scan_directive(&scan, at) : ctext_skip(at);
        const size_t length = next > at ? 0 : ctext_word(at);
        if (length > 0)
            scan_word(&scan, at, length);
        else if (next == at && !isspace((unsigned char)*at))
            scan_sign(&scan, *at);
        line = next == at && length == 0 && (*at == '\n' || (line && isspace((unsigned char)*at)));
        if (next == at && !isspace((unsigned char)*at))
            scan.before = at[length ? length - 1 : 0];
        at = next > at ? next : at + (length ? length : 1);
    }
    return (scan.mentioned & ~scan.declared) | (scan.optimises ? OFFER_APART : 0);
}

char *offer_header(offer_set names)
{
    char *text = NULL;
    size_t length;
    FILE *const out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fputs("#pragma GCC system_header\n", out);
    if (names & OFFER_APART)
        fputs("#undef PARSUM_INLINED\n#define PARSUM_INLINED\n", out);
    for (size_t k = 0; k < OFFERS; k++) {
        const char *const name = offers[k].name;
        if (!(names >> k & 1))
            continue;
        if (offers[k].standard)
            fprintf(out,
                    "#if !PARSUM_LIBM && !defined %s\n#include \"%s\"\n#if !PARSUM_INEXACT\n"
                    "#define %s parsum_%s\n#endif\n#endif\n",
                    name, offers[k].file, name, name);
        else
            fprintf(out, "#ifndef %s\n#include \"%s\"\n#define %s parsum_%s\n#endif\n", name,
                    offers[k].file, name, name);
    }
    const bool complete = !ferror(out);
    if (fclose(out) == 0 && complete)
        return text;
    free(text);
    return NULL;
}
