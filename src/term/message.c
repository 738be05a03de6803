#include "term/message.h"

#include "term/hint.h"
#include "term/source.h"
#include "term/arrays.h"
#include "term/values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a compiler has written, line by line, and what it is about. */
struct messages {
    const struct term_spec *spec;
    const char *directory; /* of generated files */
    const char *path;      /* absolute, of the term's file */
    char *line, *end;      /* each line ends with a NUL */
};

static struct messages split(const struct term_spec *spec, const char *directory, const char *path,
                             char *text)
{
    char *const end = text + strlen(text);
    for (char *at = text; (at = strchr(at, '\n')); at++)
        *at = '\0';
    return (struct messages){spec, directory, path, text, end};
}

static const char *after(const char *line)
{
    return line + strlen(line) + 1;
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

static bool ends(const char *line, const char *with)
{
    const size_t length = strlen(line), least = strlen(with);
    return length >= least && strcmp(line + length - least, with) == 0;
}

/* What the line says is wrong, or NULL if it is no error. */
static const char *error_in(const char *line)
{
    static const char mark[] = "error: ";
    static const char *const linkers[] = {"undefined reference", "cannot find "};
    for (size_t k = 0; k < sizeof linkers / sizeof *linkers; k++)
        if (strstr(line, linkers[k]))
            return strstr(line, linkers[k]);
    const char *const compiler = strstr(line, mark);
    return compiler ? compiler + strlen(mark) : NULL;
}

/* Is the line of no use where something is wrong: about generated files, the messages themselves,
   or what is a note otherwise? */
static bool is_noise(const char *line, const char *directory)
{
    const bool narrows = strstr(line, "[-Wconversion]") || strstr(line, "[-Wshorten-64-to-32]");
    return (narrows && strstr(line, "warning: ")) || strstr(line, directory) ||
           begins(line, "cc1: ") || begins(line, "collect2: ") ||
           begins(line, TERM_SOURCE_MISSING) || begins(line, TERM_SOURCE_PARAMETER) ||
           begins(line, TERM_SOURCE_CONSTANT) || ends(line, "compilation terminated.") ||
           ends(line, " generated.") || strstr(line, "linker command failed");
}

/*
 * What to do about a warning that is an error to us, by the name of its option, which stands behind
 * it as in [-Woverflow], [-Werror=overflow] (GCC) or [-Werror,-Winteger-overflow] (Clang); "" if it
 * is none.
 */
static void advise(const char *error, const char *between, char advice[256])
{
    static const char widen[] =
        "give a constant the type (int64_t) or (__int128), or ask for --wrap";
    static const char set[] = "set it before it is read, on every way";
    static const struct {
        const char *option, *what;
    } rows[] = {
        {"overflow]", widen},
        {"integer-overflow]", widen},
        {"uninitialized]", set},
        {"maybe-uninitialized]", set},
        {"conditional-uninitialized]", set},
        {"sometimes-uninitialized]", set},
        {"implicitly-unsigned-literal]", "C has no such literal, end it with u"},
        {"return-type]", "let the function return a value on every way"},
        {"array-bounds]", "give the array that index, or leave it out"},
    };
    static const struct {
        const char *text, *what;
    } plain[] = {
        {"initializer element is not",
         "only constants may stand there: write the value, or take --libm, with which GCC works "
         "out exp, sin and so on"},
        {"static declaration of '", "the C library has that name; leave `static` out"},
    };
    const char *option = strstr(error, "[-W");
    if (option)
        option += strlen("[-W");
    if (option && begins(option, "error"))
        option += begins(option, "error=") ? strlen("error=") : strlen("error,-W");
    *advice = '\0';
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        if (strstr(error, plain[k].text))
            snprintf(advice, 256, "%s%s", between, plain[k].what);
    for (size_t k = 0; k < sizeof rows / sizeof *rows && option; k++)
        if (begins(option, rows[k].option))
            snprintf(advice, 256, "%s%s; -Wno-%.*s in PARSUM_CC lets it pass", between,
                     rows[k].what, (int)strcspn(option, "]"), option);
}

/* An error in an expression of the term. */
struct at_fault {
    const char *option; /* "--term" and so on */
    struct named expression;
    long row, column; /* in it, from 1 */
};

/* The option that a value was given by. */
static const char *option_of(const struct term_spec *spec, size_t which)
{
    return spec->keyed && which + 1 == spec->value_count ? "--by"
           : spec->listed                                ? "--list"
                                                         : "--term";
}

/* Is the line about an error in an expression? */
static bool is_in_expression(const struct term_spec *spec, const char *line, struct at_fault *at)
{
    const bool value = begins(line, VALUES_VALUE);
    char *end;
    if ((!value && !begins(line, VALUES_LET)) || !error_in(line))
        return false;
    const size_t which = strtoul(line + strlen(value ? VALUES_VALUE : VALUES_LET), &end, 10);
    if (*end != ':' || which >= (value ? spec->value_count : spec->let_count))
        return false;
    at->option = value ? option_of(spec, which) : "--let";
    at->expression = named_of(value ? spec->values[which] : spec->lets[which]);
    at->row = strtol(end + 1, &end, 10);
    at->column = *end == ':' ? strtol(end + 1, NULL, 10) : 0;
    at->column = arrays_column(spec, at->expression.text, at->row, at->column);
    return true;
}

/* An error with its line of the expression below it, and a caret below that. */
static enum status tell_place(const struct at_fault *at, const char *line, int width,
                              const char *what, int length)
{
    const struct named *const expression = &at->expression;
    const int column = (int)at->column;
    char *lines = NULL;
    if (asprintf(&lines, "\n    %.*s\n    %*s", width, line, column, "^") < 0)
        lines = NULL;
    char advice[256];
    advise(what, "; ", advice);
    const char *remedy = advice, *const hint = hint_remedy(expression->text, what);
    if (hint)
        snprintf(advice, sizeof advice, "; %s", hint);
    else if (strstr(what, "undeclared"))
        remedy = "; i is the variable; --let, --define and columns of the jobs bind other names";
    else if (strstr(what, "_Generic") || strstr(what, "generic association"))
        remedy = "; this function takes integers of up to 64 bits, cast what is none";
    const enum status status =
        error_set_lines(STATUS_USAGE, lines ? lines : "", "%s%s%.*s: %.*s%s", at->option,
                        expression->length ? " " : "", (int)expression->length, expression->name,
                        length, what, remedy);
    free(lines);
    return status;
}

/* The first error that lies in the expression, with a caret; else the first one there is. */
static enum status tell_expression(const struct messages *messages)
{
    const char *what = NULL;
    char advice[256];
    for (const char *line = messages->line; line < messages->end; line = after(line)) {
        struct at_fault at;
        if (!what)
            what = error_in(line);
        if (!is_in_expression(messages->spec, line, &at))
            continue;
        const char *text = at.expression.text;
        for (; at.row > 1 && strchr(text, '\n'); at.row--)
            text = strchr(text, '\n') + 1;
        const int width = (int)strcspn(text, "\n");
        if (at.column < 1 || at.column > width || at.row != 1)
            continue;
        what = error_in(line);
        const char *const generated = strstr(what, " here (not in a function)");
        const int length = (int)(generated ? generated - what : (ptrdiff_t)strlen(what));
        return tell_place(&at, text, width, what, length);
    }
    if (!what)
        what = "the compiler failed and did not say why";
    const char *const own = strstr(what, " before 'parsum_"); /* behind the expression */
    advise(what, "; ", advice);
    return error_set(
        STATUS_USAGE, "%s '%s': %.*s%s%s", messages->spec->listed ? "--list" : "--term",
        messages->spec->values[0], (int)(own ? own - what : (ptrdiff_t)strlen(what)), what,
        own || ends(what, "expected ')'") ? " at its end; is a bracket missing?" : "", advice);
}

/* Writes the line with the file's path as the user gave it. */
static void write_line(FILE *out, const char *line, const char *path, const char *shown)
{
    fputs("\n  ", out);
    for (const char *found; (found = strstr(line, path)); line = found + strlen(path))
        fprintf(out, "%.*s%s", (int)(found - line), line, shown);
    fputs(line, out);
}

/* All that the compiler says of the file, with the lines of code that it quotes. */
static enum status tell_file(const struct messages *messages)
{
    char *text = NULL, advice[256] = "";
    size_t length;
    FILE *const out = open_memstream(&text, &length);
    if (!out)
        return error_set(STATUS_FAILED, "out of memory for the compiler's messages");
    const char *const file = messages->spec->file;
    char *const name = error_shown(file); /* its newlines begin no lines */
    bool shown = false, noise = false;
    const char *last = ""; /* the linker says it once a call */
    for (const char *line = messages->line; line < messages->end; line = after(line)) {
        const char *const linker = strstr(line, "undefined reference");
        if (!isspace((unsigned char)*line)) /* a quote goes with the line before it */
            noise = *line == '\0' || (is_noise(line, messages->directory) && !linker);
        const char *const told = linker ? linker : line;
        if (!noise && strcmp(told, last) != 0)
            write_line(out, told, messages->path, name ? name : "the file");
        if (!noise && !*advice && error_in(line))
            advise(line, "\n  ", advice);
        shown = shown || !noise;
        last = told;
    }
    fputs(advice, out);
    const bool complete = fclose(out) == 0 && shown;
    const enum status status =
        error_set_lines(STATUS_USAGE, complete ? text : "", "%s does not compile:%s", file,
                        complete ? "" : " the compiler failed and did not say why");
    free(name);
    free(text);
    return status;
}

/* Does an error lie somewhere else than in the lines that look at the whole? */
static bool is_wrong_within(const struct messages *messages)
{
    for (const char *line = messages->line; line < messages->end; line = after(line))
        if (error_in(line) && !is_noise(line, messages->directory))
            return true;
    return false;
}

/* A line that begins with `mark`, and is an error if `error`; NULL: there is none. */
static const char *find_line(const struct messages *messages, const char *mark, bool error)
{
    for (const char *line = messages->line; line < messages->end; line = after(line))
        if (begins(line, mark) && (!error || error_in(line)))
            return line;
    return NULL;
}

/* The constant that an error is about in a line that was generated for it; NULL: there is none. */
static const char *find_constant(const struct messages *messages, const char *generated,
                                 const char **what)
{
    for (size_t k = 0; k < messages->spec->constant_count; k++) {
        char mark[64];
        snprintf(mark, sizeof mark, "%s%zu:", generated, k);
        *what = find_line(messages, mark, true);
        if (*what)
            return messages->spec->constants[k];
    }
    return NULL;
}

static enum status tell_formula(const char *constant, const char *line)
{
    char advice[256];
    advise(line, "; ", advice);
    return error_set(STATUS_USAGE, "--define: %s is no constant that C can work out: %s%s",
                     constant, error_in(line), advice);
}

/* What is wrong with the whole of a file. */
static enum status tell_whole(const struct messages *messages)
{
    const char *const file = messages->spec->file;
    const char *what;
    const char *const constant = find_constant(messages, TERM_SOURCE_CONSTANT, &what);
    const int length = constant ? (int)strcspn(constant, "=") : 0;
    if (constant)
        return error_set(STATUS_USAGE,
                         "--define: %s defines %.*s itself; put that between #ifndef %.*s and "
                         "#endif",
                         file, length, constant, length, constant);
    if (find_line(messages, TERM_SOURCE_MISSING ":", false))
        return error_set(STATUS_USAGE, "%s defines no function term; define term(int64_t i)", file);
    for (const char *line = messages->line; line < messages->end; line = after(line))
        if (strstr(line, "at end of input") || strstr(line, "expected '}'"))
            return error_set(STATUS_USAGE, "%s ends where C expects more; is a brace missing?",
                             file);
    if (find_line(messages, TERM_SOURCE_PARAMETER ":", false))
        return error_set(STATUS_USAGE, "%s: term does not take one int64_t; define term(int64_t i)",
                         file);
    return tell_file(messages);
}

enum status term_message_error(const struct term_spec *spec, const char *directory,
                               const char *path, char *text)
{
    if (strstr(text, TERM_SOURCE_NOT_C))
        return error_set(STATUS_USAGE, "the compiler takes a term for C++, and it is C; name a C "
                                       "compiler in PARSUM_CC, such as gcc or clang");
    const struct messages messages = split(spec, directory, path, text);
    const char *what;
    const char *const constant = find_constant(&messages, TERM_SOURCE_FORMULA, &what);
    if (constant)
        return tell_formula(constant, what);
    if (spec->value_count > 0 && (!spec->file || !is_wrong_within(&messages)))
        return tell_expression(&messages);
    return is_wrong_within(&messages) ? tell_file(&messages) : tell_whole(&messages);
}

/* Is it about a real that no integer holds? That is not defined by anybody. */
static bool is_about_reals(const char *text)
{
    return strstr(text, "double'") || strstr(text, "float'");
}

/* Is it a warning of GCC's without an option of its own for what is wrong? */
static bool is_refused(const char *line, bool wrap)
{
    const bool cut = strstr(line, "conversion from") && !is_about_reals(line);
    return strstr(line, "warning: integer constant is ") ||
           (strstr(line, "[-Woverflow]") && !cut && !wrap);
}

bool term_message_refuse(char *text, bool wrap)
{
    static const char error[] = "error";
    bool any = false;
    for (char *at = text; (at = strstr(at, "warning: ")); at++) {
        char *const end = strchrnul(at, '\n'), newline = *end;
        *end = '\0';
        const bool refused = is_refused(at, wrap);
        *end = newline;
        if (refused) {
            memmove(at, at + strlen("wa"), strlen(at + strlen("wa")) + 1);
            memcpy(at, error, sizeof error - 1);
        }
        any = any || refused;
    }
    return any;
}

/* Is it a warning that a wide integer is cut, or shifted out? Others are the user's affair. */
static bool is_worth_a_note(const char *line)
{
    static const char *const options[] = {"[-Wshorten-64-to-32]",     "[-Wconstant-conversion]",
                                          "[-Wabsolute-value]",       "[-Woverflow]",
                                          "[-Wshift-count-overflow]", "[-Wshift-count-negative]"};
    if (!strstr(line, "warning: "))
        return false;
    for (size_t k = 0; k < sizeof options / sizeof *options; k++)
        if (strstr(line, options[k]))
            return true;
    const char *const to = strstr(line, " to '");
    if (!strstr(line, "[-Wconversion]") || !to || is_about_reals(to))
        return false;
    const char *const source = strstr(line, "long"), *const wide = strstr(line, "int128");
    return (source && source < to) || (wide && wide < to);
}

void term_message_note(const struct term_spec *spec, const char *path, char *text)
{
    const struct messages messages = split(spec, "", path, text);
    const char *first = NULL;
    int more = -1;
    for (size_t k = 0; k < spec->let_count; k++)
        hint_note("--let", spec->lets[k]);
    for (size_t k = 0; k < spec->value_count; k++)
        hint_note(option_of(spec, k), spec->values[k]);
    for (const char *line = messages.line; line < messages.end; line = after(line)) {
        if (!is_worth_a_note(line))
            continue;
        first = first ? first : line;
        more++;
    }
    if (!first)
        return;
    const bool file = spec->file && begins(first, path);
    char others[48] = "";
    if (more > 0)
        snprintf(others, sizeof others, " (and %d more such place%s)", more, more == 1 ? "" : "s");
    error_note("%s%s%s%s",
               file           ? spec->file
               : spec->listed ? "--list: "
                              : "--term: ",
               file ? first + strlen(path) : strstr(first, "warning: "), others,
               strstr(first, "[-Wshift") ? "" : "; cast it where that is meant");
}
