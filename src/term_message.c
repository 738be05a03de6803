#include "term_message.h"

#include "term_source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of messages about a file that are shown at most. */
#define LINES_SHOWN 1000

/* The beginning of the line of `text` that `at` lies in. */
static const char *line_begin(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
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

/* The column of an error in the expression, from 1, and *row; 0 if the line is something else. */
static long column_in_expression(const char *line, long *row)
{
    static const char name[] = TERM_SOURCE_EXPRESSION ":";
    if (strncmp(line, name, strlen(name)) != 0 || !error_in(line))
        return 0;
    char *end;
    *row = strtol(line + strlen(name), &end, 10);
    return *end == ':' ? strtol(end + 1, NULL, 10) : 0;
}

/* An error with its line of the expression below it, and a caret below that. */
static enum status tell_place(const char *line, int width, int column, const char *what, int length)
{
    char *lines = NULL;
    if (asprintf(&lines, "\n    %.*s\n    %*s", width, line, column, "^") < 0)
        lines = NULL;
    const bool unknown = strstr(what, "undeclared");
    const enum status status =
        diag_error_lines(STATUS_USAGE, lines ? lines : "", "--term: %.*s%s", length, what,
                         unknown ? "; the variable is i, --define NAME=VALUE binds others" : "");
    free(lines);
    return status;
}

/* The first error that lies in the expression, with a caret; else the first one there is. */
static enum status tell_expression(const char *expression, char *messages)
{
    const char *what = "the compiler failed and did not say why";
    bool any = false;
    for (char *line; (line = strsep(&messages, "\n"));) {
        long row = 0;
        const long column = column_in_expression(line, &row);
        if (!any && error_in(line)) {
            what = error_in(line);
            any = true;
        }
        const char *text = expression;
        for (; row > 1 && strchr(text, '\n'); row--)
            text = strchr(text, '\n') + 1;
        const int width = (int)strcspn(text, "\n");
        if (column >= 1 && column <= width && row == 1) {
            what = error_in(line);
            const char *const generated = strstr(what, " here (not in a function)");
            const int length = (int)(generated ? generated - what : (ptrdiff_t)strlen(what));
            return tell_place(text, width, (int)column, what, length);
        }
    }
    return diag_error(STATUS_USAGE, "--term '%s': %s", expression, what);
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

/* Is the line of no use to the user: about generated files, or about the messages themselves? */
static bool is_noise(const char *line, const char *directory)
{
    return strstr(line, directory) || begins(line, "cc1: ") || begins(line, "collect2: ") ||
           begins(line, TERM_SOURCE_MISSING) || begins(line, TERM_SOURCE_PARAMETER) ||
           ends(line, "compilation terminated.") || ends(line, " generated.") ||
           strstr(line, "linker command failed");
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
static enum status tell_file(const char *file, const char *directory, const char *path,
                             char *messages)
{
    char *text = NULL;
    size_t length;
    FILE *const out = open_memstream(&text, &length);
    if (!out)
        return diag_error(STATUS_FAILED, "out of memory for the compiler's messages");
    char *const name = diag_shown(file); /* its newlines begin no lines */
    int shown = 0;
    bool noise = false;
    const char *last = ""; /* the linker says it once a call */
    for (char *line; (line = strsep(&messages, "\n"));) {
        const char *const linker = strstr(line, "undefined reference");
        if (!isspace((unsigned char)*line)) /* a quote goes with the line before it */
            noise = *line == '\0' || (is_noise(line, directory) && !linker);
        const char *const told = linker ? linker : line;
        if (!noise && strcmp(told, last) != 0 && shown++ < LINES_SHOWN)
            write_line(out, told, path, name ? name : "the file");
        last = told;
    }
    if (shown > LINES_SHOWN)
        fputs("\n  ...", out);
    const bool complete = fclose(out) == 0 && shown > 0;
    const enum status status =
        diag_error_lines(STATUS_USAGE, complete ? text : "", "%s does not compile:%s", file,
                         complete ? "" : " the compiler failed and did not say why");
    free(name);
    free(text);
    return status;
}

/* Does an error lie somewhere else than in the two lines that look at the whole? */
static bool is_wrong_within(const char *messages, const char *directory)
{
    for (const char *line = messages; line; line = strchr(line, '\n'), line += line != NULL) {
        char start[4096];
        snprintf(start, sizeof start, "%.*s", (int)strcspn(line, "\n"), line);
        if (error_in(start) && !is_noise(start, directory))
            return true;
    }
    return false;
}

enum status term_message_error(const struct term_spec *spec, const char *directory,
                               const char *path, char *messages)
{
    if (spec->expression)
        return tell_expression(spec->expression, messages);
    if (is_wrong_within(messages, directory))
        return tell_file(spec->file, directory, path, messages);
    if (strstr(messages, TERM_SOURCE_MISSING ":"))
        return diag_error(STATUS_USAGE, "%s defines no function term; define term(int64_t i)",
                          spec->file);
    if (strstr(messages, "at end of input") || strstr(messages, "expected '}'"))
        return diag_error(STATUS_USAGE, "%s ends where C expects more; is a brace missing?",
                          spec->file);
    if (strstr(messages, TERM_SOURCE_PARAMETER ":"))
        return diag_error(STATUS_USAGE,
                          "%s: term does not take one int64_t; define term(int64_t i)", spec->file);
    return tell_file(spec->file, directory, path, messages);
}

/* GCC's word that the term itself may end without a value; another function may know better. */
static const char *find_lost_value(const char *messages)
{
    static const char mark[] = "warning: control reaches end of non-void function";
    static const char within[] = "In function '", term[] = "In function 'term':";
    for (const char *at = messages; (at = strstr(at, mark)); at++) {
        const char *function = NULL, *next = messages;
        while ((next = strstr(next, within)) && next < at)
            function = next++;
        if (function && strncmp(function, term, strlen(term)) == 0)
            return at;
    }
    return NULL;
}

/*
 * Warnings that are errors to us. Both compilers compute some constants before their checks can see
 * them, those of static tables for one, and warn of what goes wrong in them. Clang alone warns of
 * no shifts but those that may be computed.
 */
static const char widen[] = "give a constant the type (int64_t) or (__int128), or ask for --wrap";
static const char narrow[] = "take a wider integer, or none";
static const char shift[] = "shift an (int64_t) or (__int128), by less";
static const char rewrite[] =
    "C has no such literal: end it with u, or make it a product, (__int128)...";
static const char give_back[] = "let it return one";
static const struct {
    const char *text, *advice;
} warnings[] = {
    {"warning: integer overflow in expression", widen}, /* GCC */
    {"warning: overflow in expression", widen},         /* Clang */
    {"warning: overflow in conversion from 'double'", narrow},
    {"warning: overflow in conversion from 'float'", narrow},
    {" is undefined [-Wliteral-conversion]", narrow},
    {"warning: shift count >= width of type", shift},
    {"warning: shift count is negative", shift},
    {"warning: non-void function does not return a value [", give_back}, /* Clang */
    {"warning: integer constant is too large for its type", rewrite},
    {"warning: integer constant is so large", rewrite},
    {"warning: integer literal is too large", rewrite},
};

/* Wrapping around excuses overflows alone. */
static enum status check_warnings(const struct term_spec *spec, const char *messages)
{
    const char *found = find_lost_value(messages), *advice = give_back;
    for (size_t k = 0; k < sizeof warnings / sizeof *warnings && !found; k++) {
        advice = warnings[k].advice;
        found = spec->wrap && advice == widen ? NULL : strstr(messages, warnings[k].text);
    }
    if (!found)
        return STATUS_OK;
    const char *const line = line_begin(messages, found); /* with the place in the file */
    const char *const warning = strstr(line, "warning: ");
    const char *const what = spec->expression && warning ? warning + strlen("warning: ") : line;
    const char *const option = strstr(found, " [-W"); /* which warning that is */
    const size_t length = option ? (size_t)(option - what) : strcspn(what, "\n");
    return diag_error(STATUS_USAGE, "%s%s%s%.*s; %s", spec->expression ? "--term " : "",
                      spec->expression ? spec->expression : "", spec->expression ? ": " : "",
                      (int)length, what, advice);
}

enum status term_message_check(const struct term_spec *spec, const char *messages)
{
    const enum status status = check_warnings(spec, messages);
    if (status)
        return status;
    for (size_t k = 0; k < spec->constant_count; k++) {
        const char *const constant = spec->constants[k];
        const int length = (int)strcspn(constant, "=");
        char gcc[128], clang[128];
        snprintf(gcc, sizeof gcc, "\"%.*s\" redefined", length, constant);
        snprintf(clang, sizeof clang, "'%.*s' macro redefined", length, constant);
        if (strstr(messages, gcc) || strstr(messages, clang))
            return diag_error(STATUS_USAGE,
                              "--define: %s defines %.*s itself; put that between #ifndef %.*s and "
                              "#endif",
                              spec->file, length, constant, length, constant);
    }
    return STATUS_OK;
}

/* "(OVF)" stands at an integer that has overflowed, " overflow" before a real that was made of one,
   as in " overflow-2.147483648e+9". */
static const char *find_mark(const char *functions)
{
    static const char before[] = " overflow";
    const char *const integer = strstr(functions, "(OVF)");
    if (integer)
        return integer;
    for (const char *at = functions; (at = strstr(at, before)); at++) {
        const char *real = at + strlen(before);
        real += *real == '-';
        if (isdigit((unsigned char)real[0]) && real[1] == '.' && isdigit((unsigned char)real[2]))
            return at;
    }
    return NULL;
}

enum status term_message_folded(const struct term_spec *spec, const char *functions)
{
    const char *const mark = find_mark(functions);
    if (!mark)
        return STATUS_OK;
    const char *line = line_begin(functions, mark);
    line += strspn(line, " ");
    const char *const end = line + strcspn(line, "\n"), *const cast = strstr(line, "float_cast");
    if (cast && cast < end) /* of the line nothing can be shown but how the check is called */
        return diag_error(STATUS_USAGE,
                          "%s%s: a constant converts a real to an integer that can't hold it; %s",
                          spec->expression ? "--term " : "",
                          spec->expression ? spec->expression : spec->file, narrow);
    return diag_error(STATUS_USAGE,
                      "%s%s: a constant overflows where the compiler works it out: '%.*s'; give it "
                      "the type (int64_t) or (__int128), or ask for --wrap",
                      spec->expression ? "--term " : "",
                      spec->expression ? spec->expression : spec->file, (int)strcspn(line, "\n"),
                      line);
}
