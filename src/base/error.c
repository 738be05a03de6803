#include "base/error.h"

#include "base/utf8.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "out of memory for a message";

static _Thread_local struct error_aside last; /* its text is NULL where memory is short */

/* Frees the text of a thread that ends with an error. */
static pthread_key_t text_key;
static pthread_once_t text_once = PTHREAD_ONCE_INIT;
static atomic_bool text_kept;

static void make_text_key(void)
{
    text_kept = pthread_key_create(&text_key, free) == 0;
}

static void keep_text(char *text)
{
    last.text = text;
    pthread_once(&text_once, make_text_key);
    if (text_kept)
        (void)pthread_setspecific(text_key, text);
}

static _Atomic(void (*)(const char *)) notes;

static _Thread_local struct error_listener notes_here;

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
    const char *const end = text + strnlen(text, ERROR_TEXT);
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
    const size_t room = SHOWN * (strnlen(message, ERROR_TEXT) + strnlen(lines, ERROR_TEXT));
    char *const text = malloc(room + 1);
    if (text)
        *show_all(show_all(text, message, false), lines, true) = '\0';
    free(message);
    return text;
}

static void keep(enum status status, const char *lines, const char *format, va_list arguments)
{
    if (last.status)
        return;
    last.status = status;
    keep_text(compose(lines, format, arguments));
}

enum status error_set(enum status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(status, "", format, arguments);
    va_end(arguments);
    return status;
}

enum status error_set_lines(enum status status, const char *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(status, lines, format, arguments);
    va_end(arguments);
    return status;
}

struct error error_last(void)
{
    const char *const text = !last.status ? "" : last.text ? last.text : no_memory;
    const size_t line = strcspn(text, "\n");
    const char *const colon = strstr(text, ": ");
    const char *remedy = text + strlen(text);
    for (const char *at = text; (at = strstr(at, "; ")) && at < text + line;)
        remedy = at += strlen("; ");
    return (struct error){
        .status = last.status,
        .text = text,
        .place = colon && colon < text + line ? (size_t)(colon - text) : 0,
        .remedy = remedy,
    };
}

void error_clear(void)
{
    if (!last.status)
        return;
    free(last.text);
    keep_text(NULL);
    last.status = STATUS_OK;
}

struct error_aside error_set_aside(void)
{
    const struct error_aside aside = last;
    last.status = STATUS_OK;
    keep_text(NULL);
    return aside;
}

void error_put_back(struct error_aside aside)
{
    error_clear();
    last.status = aside.status;
    keep_text(aside.text);
}

void error_note(const char *format, ...)
{
    void (*const take)(const char *) = atomic_load(&notes);
    if (!take && !notes_here.take)
        return;
    va_list arguments;
    va_start(arguments, format);
    char *const text = compose("", format, arguments);
    va_end(arguments);
    if (notes_here.take)
        notes_here.take(notes_here.context, text ? text : no_memory);
    else if (take)
        take(text ? text : no_memory);
    free(text);
}

void error_take_notes(void (*take)(const char *text))
{
    atomic_store(&notes, take);
}

struct error_listener error_take_notes_here(struct error_listener listener)
{
    const struct error_listener before = notes_here;
    notes_here = listener;
    return before;
}

const char *error_quote(const char *text, size_t length, char quoted[ERROR_QUOTED])
{
    const char *const end = text + length;
    const char *const room = quoted + (ERROR_QUOTED - SHOWN - sizeof "...'");
    char *at = quoted;
    *at++ = '\'';
    while (text < end && at <= room)
        at = show(at, &text, end);
    strcpy(stpcpy(at, text < end ? "..." : ""), "'");
    return quoted;
}

char *error_shown(const char *text)
{
    char *const shown = malloc(SHOWN * strnlen(text, ERROR_TEXT) + 1);
    if (shown)
        *show_all(shown, text, false) = '\0';
    return shown;
}
