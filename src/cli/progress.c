#include "cli/progress.h"

#include "base/clock.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_NS 1000000000u
#define NEXT_NS 100000000u
/* What a program such as tee takes to pass rows on. */
#define PIPE_NS 1000000000u
#define ROWS_COME UINT64_MAX

/* A bar of less than BAR_LEAST says nothing. */
enum { BAR_WIDTH = 30, BAR_LEAST = 5 };

bool progress_default(void)
{
    const char *const terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
}

void progress_start(struct progress *progress, bool on, uint64_t total_terms, uint64_t done_before)
{
    *progress = (struct progress){
        .on = on,
        .start_ns = clock_ns(),
        .total_terms = total_terms,
        .done_before = done_before,
    };
}

/* "28.1 G": a number with a prefix of the SI. */
static void print_scaled(char text[16], double number)
{
    static const char prefixes[] = " kMGTPE";
    size_t k = 0;
    for (; number >= 999.95 && k + 2 < sizeof prefixes; k++)
        number /= 1000;
    snprintf(text, 16, "%.1f %c", number, prefixes[k]);
    if (k == 0)
        text[strlen(text) - 1] = '\0';
}

/* Columns of the terminal; 80 where it does not tell. Of a file or pipe, enough for all. */
static int columns(void)
{
    struct winsize size = {.ws_col = 0};
    if (!isatty(STDERR_FILENO))
        return MESSAGES_LINE;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < MESSAGES_LINE ? size.ws_col : MESSAGES_LINE;
    const char *const told = getenv("COLUMNS");
    int64_t number;
    const bool right = told && !number_parse(told, strlen(told), &number);
    return right && number > 0 && number < MESSAGES_LINE ? (int)number : 80;
}

/* A bar of `width` characters between brackets, and a blank. */
static void print_bar(char bar[MESSAGES_LINE], double share, int width)
{
    /* NO_COLOR (no-color.org): set and not empty means no colour. */
    const char *const no_color = getenv("NO_COLOR");
    const bool color = isatty(STDERR_FILENO) && !(no_color && *no_color);
    const int full = (int)(share * width);
    char *at = stpcpy(bar, color ? "[\033[32m" : "[");
    for (int k = 0; k < width; k++)
        *at++ = k < full ? '#' : '.';
    strcpy(at, color ? "\033[0m] " : "] ");
}

enum { FIGURES = 128 };

/* ", 12 found", of a list. */
static void print_hits(const struct progress *progress, char figures[FIGURES])
{
    const size_t length = strlen(figures);
    if (progress->listed)
        snprintf(figures + length, FIGURES - length, ", %" PRIu64 " found", progress->hits);
}

static void print_figures(const struct progress *progress, uint64_t terms, uint64_t now_ns,
                          char figures[FIGURES])
{
    const locale_t before = output_plain();
    const double seconds = 1e-9 * (double)(now_ns - progress->start_ns);
    const double rate = seconds > 0 ? (double)(terms - progress->done_before) / seconds : 0;
    char scaled[16];
    print_scaled(scaled, rate);
    if (progress->total_terms == 0) {
        char done[16];
        print_scaled(done, (double)terms);
        snprintf(figures, FIGURES, "%sterms done, %sterms/s", done, scaled);
        print_hits(progress, figures);
        uselocale(before);
        return;
    }
    const double left = rate > 0 ? (double)(progress->total_terms - terms) / rate : 0;
    const unsigned long long whole = left < 1e9 ? (unsigned long long)(left + 0.5) : 999999999;
    snprintf(figures, FIGURES, "%5.1f%%  %sterms/s  %llu:%02llu:%02llu left",
             100 * (double)terms / (double)progress->total_terms, scaled, whole / 3600,
             whole / 60 % 60, whole % 60);
    print_hits(progress, figures);
    uselocale(before);
}

void progress_update(struct progress *progress, uint64_t terms)
{
    if (!progress->on)
        return;
    const uint64_t now = clock_ns();
    if (progress->rows_ns == ROWS_COME)
        progress->rows_ns = now + PIPE_NS;
    if (now - progress->start_ns < FIRST_NS || now - progress->drawn_ns < NEXT_NS ||
        now < progress->rows_ns)
        return;
    progress->drawn_ns = now;
    char figures[FIGURES], bar[MESSAGES_LINE] = "", line[sizeof bar + sizeof figures];
    print_figures(progress, terms, now, figures);
    /* The last column stays free: some terminals go on to the next line after it. */
    const int room = columns() - 1;
    const int width = room - (int)strlen(figures) - (int)strlen("[] ");
    if (progress->total_terms > 0 && width >= BAR_LEAST)
        print_bar(bar, (double)terms / (double)progress->total_terms,
                  width < BAR_WIDTH ? width : BAR_WIDTH);
    snprintf(line, sizeof line, "%s%.*s", bar, room, figures);
    messages_show(line);
}

/* May what is written there end up on a terminal, now or later? */
static bool leads_to_terminal(int fd)
{
    struct stat status;
    return isatty(fd) ||
           (fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)));
}

void progress_hide(struct progress *progress)
{
    if (!progress->on || !isatty(STDERR_FILENO) || !leads_to_terminal(STDOUT_FILENO))
        return;
    progress->rows_ns = isatty(STDOUT_FILENO) ? 0 : ROWS_COME;
    if (progress->drawn_ns == 0)
        return;
    progress->drawn_ns = 0;
    messages_show(NULL);
}

void progress_tell(struct progress *progress, uint64_t total_terms, uint64_t terms)
{
    progress->total_terms = total_terms;
    char figures[FIGURES];
    print_figures(progress, terms, clock_ns(), figures);
    messages_tell(figures + strspn(figures, " "));
}

void progress_stop(struct progress *progress)
{
    if (progress->on)
        messages_show(NULL);
}
