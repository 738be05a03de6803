#include "diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool line_shown;
static bool holding;
static char held[DIAG_MESSAGE];
static char last_error[DIAG_MESSAGE];

/* Names of files and such may hold bytes that command a terminal; lines and tabs are ours. */
static void disarm(char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') || *text == 0x7f)
            *text = '?';
}

static void format_message(char text[DIAG_MESSAGE], const char *format, va_list arguments)
{
    vsnprintf(text, DIAG_MESSAGE, format, arguments);
    disarm(text);
}

/* One write a message, so that messages of several processes do not mix within a line. */
static void write_message(const char *text)
{
    if (holding)
        return;
    fprintf(stderr, "%sparsum: %s\n", line_shown ? "\r\033[K" : "", text);
    line_shown = false;
}

enum status diag_error(enum status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_message(last_error, format, arguments);
    va_end(arguments);
    if (holding && !*held)
        memcpy(held, last_error, sizeof held);
    write_message(last_error);
    return status;
}

void diag_note(const char *format, ...)
{
    char text[DIAG_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    format_message(text, format, arguments);
    va_end(arguments);
    write_message(text);
}

const char *diag_last_error(void)
{
    return last_error;
}

void diag_hold(void)
{
    holding = true;
    *held = '\0';
}

void diag_held(char message[DIAG_MESSAGE])
{
    memcpy(message, held, sizeof held);
}

void diag_show(const char *line)
{
    if (holding)
        return;
    if (!isatty(STDERR_FILENO)) { /* a log file: lines, one below the other */
        if (line)
            fprintf(stderr, "%s\n", line);
        return;
    }
    if (line)
        fprintf(stderr, "\r\033[K%s", line);
    else if (line_shown)
        fputs("\r\033[K", stderr);
    line_shown = line;
    fflush(stderr);
}

const char *diag_quote(const char *text, size_t length, char quoted[DIAG_QUOTED])
{
    static const char hex[] = "0123456789abcdef";
    char *out = quoted;
    const char *const room = quoted + DIAG_QUOTED - sizeof "\\x00...'";
    *out++ = '\'';
    size_t k = 0;
    for (; k < length && out < room; k++) {
        const unsigned char c = (unsigned char)text[k];
        if (c >= ' ' && c != 0x7f) { /* bytes above 0x7f may be UTF-8: they stay as they are */
            *out++ = (char)c;
        } else {
            *out++ = '\\';
            *out++ = 'x';
            *out++ = hex[c >> 4];
            *out++ = hex[c & 15];
        }
    }
    for (int dots = k < length ? 3 : 0; dots > 0; dots--)
        *out++ = '.';
    *out++ = '\'';
    *out = '\0';
    return quoted;
}
