#include "diag.h"

#include "signals.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char no_memory[] = "out of memory for a message";

static bool line_shown;
static bool holding;
static char *held, *last_error;

/* Bytes that a character takes at most once it is shown: \u202e, or four in UTF-8. */
enum { SHOWN = 6 };

/* Shows the character at *text, up to `end`, and steps over it. Returns where the next one goes. */
static char *show(char *at, const char **text, const char *end)
{
    uint32_t code;
    const unsigned char byte = (unsigned char)**text;
    const size_t length = utf8_decode(*text, (size_t)(end - *text), &code);
    if (length > 0 && !utf8_commands(code)) {
        memcpy(at, *text, length);
        *text += length;
        return at + length;
    }
    *text += length > 0 ? length : 1;
    return at + (length > 1 ? sprintf(at, "\\u%04x", code) : sprintf(at, "\\x%02x", byte));
}

/* Appends `text` as it is shown; with `lines` its newlines and tabs remain. */
static char *show_all(char *at, const char *text, bool lines)
{
    const char *const end = text + strnlen(text, DIAG_MESSAGE);
    while (text < end) {
        if (lines && (*text == '\n' || *text == '\t'))
            *at++ = *text++;
        else
            at = show(at, &text, end);
    }
    return at;
}

/* A message as it is shown, with `lines` below it: its caller frees it. NULL if memory is short. */
static char *compose(const char *lines, const char *format, va_list arguments)
{
    char *message = NULL;
    if (vasprintf(&message, format, arguments) < 0)
        return NULL;
    const size_t room = SHOWN * (strnlen(message, DIAG_MESSAGE) + strnlen(lines, DIAG_MESSAGE));
    char *const text = malloc(room + 1);
    if (text)
        *show_all(show_all(text, message, false), lines, true) = '\0';
    free(message);
    return text;
}

/* One write a message, so that messages of several processes do not mix within a line. */
static void write_message(const char *text)
{
    char *line = NULL;
    if (holding)
        return;
    if (asprintf(&line, "%sparsum: %s\n", line_shown ? "\r\033[K" : "", text) < 0)
        line = NULL;
    const char *const shown = line ? line : no_memory;
    (void)signals_write(STDERR_FILENO, shown, strlen(shown));
    line_shown = false;
    free(line);
}

static void tell_error(const char *lines, const char *format, va_list arguments)
{
    free(last_error);
    last_error = compose(lines, format, arguments);
    if (holding && !held && last_error)
        held = strdup(last_error);
    write_message(last_error ? last_error : no_memory);
}

enum status diag_error(enum status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell_error("", format, arguments);
    va_end(arguments);
    return status;
}

enum status diag_error_lines(enum status status, const char *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell_error(lines, format, arguments);
    va_end(arguments);
    return status;
}

void diag_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *const text = compose("", format, arguments);
    va_end(arguments);
    write_message(text ? text : no_memory);
    free(text);
}

const char *diag_last_error(void)
{
    return last_error ? last_error : "";
}

void diag_hold(void)
{
    holding = true;
    free(held);
    held = NULL;
}

const char *diag_held(void)
{
    return held ? held : "";
}

/* Several pieces with one write. */
static void write_line(const char *before, const char *line, const char *after)
{
    char text[DIAG_LINE + 16];
    snprintf(text, sizeof text, "%s%.*s%s", before, DIAG_LINE, line, after);
    (void)signals_write(STDERR_FILENO, text, strlen(text));
}

void diag_show(const char *line)
{
    if (holding)
        return;
    if (!isatty(STDERR_FILENO)) { /* a log file: lines, one below the other */
        if (line)
            write_line("", line, "\n");
        return;
    }
    if (line || line_shown)
        write_line("\r\033[K", line ? line : "", "");
    line_shown = line;
}

const char *diag_quote(const char *text, size_t length, char quoted[DIAG_QUOTED])
{
    const char *const end = text + length;
    const char *const room = quoted + (DIAG_QUOTED - SHOWN - sizeof "...'");
    char *at = quoted;
    *at++ = '\'';
    while (text < end && at <= room)
        at = show(at, &text, end);
    strcpy(stpcpy(at, text < end ? "..." : ""), "'");
    return quoted;
}

char *diag_shown(const char *text)
{
    char *const shown = malloc(SHOWN * strnlen(text, DIAG_MESSAGE) + 1);
    if (shown)
        *show_all(shown, text, false) = '\0';
    return shown;
}
