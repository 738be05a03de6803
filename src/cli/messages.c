#include "cli/messages.h"

#include "cli/signals.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool line_shown;
static bool holding;
static bool told; /* the error that there is */

void messages_begin(void)
{
    error_take_notes(messages_tell);
}

void messages_hold(void)
{
    holding = true;
}

/* One write a message, so that messages of several processes do not mix within a line. */
void messages_tell(const char *text)
{
    char *line = NULL;
    if (holding)
        return;
    if (asprintf(&line, "%sparsum: %s\n", line_shown ? "\r\033[K" : "", text) < 0)
        line = NULL;
    const char *const shown = line ? line : "parsum: out of memory for a message\n";
    (void)signals_write(STDERR_FILENO, shown, strlen(shown));
    line_shown = false;
    free(line);
}

void messages_tell_error(void)
{
    const struct error error = error_last();
    if (error.status && !told)
        messages_tell(error.text);
    told = told || error.status;
}

/* Several pieces with one write. */
static void write_line(const char *before, const char *line, const char *after)
{
    char text[MESSAGES_LINE + 16];
    snprintf(text, sizeof text, "%s%.*s%s", before, MESSAGES_LINE, line, after);
    (void)signals_write(STDERR_FILENO, text, strlen(text));
}

void messages_show(const char *line)
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
