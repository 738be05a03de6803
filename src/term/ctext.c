#include "term/ctext.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool ctext_is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

size_t ctext_word(const char *at)
{
    size_t length = 0;
    while (ctext_is_letter(at[length]))
        length++;
    return length;
}

bool ctext_mentions(const char *text, const char *name, size_t length)
{
    for (const char *at = text; (at = memmem(at, strlen(at), name, length)); at++)
        if ((at == text || !ctext_is_letter(at[-1])) && !ctext_is_letter(at[length]))
            return true;
    return false;
}

const char *ctext_skip(const char *at)
{
    if (at[0] == '/' && at[1] == '/')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        const char *const end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    if (*at == '"' || *at == '\'') {
        const char quote = *at++;
        while (*at && *at != quote && *at != '\n')
            at += at[0] == '\\' && at[1] ? 2 : 1;
        return *at ? at + 1 : at;
    }
    return at;
}

bool ctext_defines(const char *text, const char *name)
{
    int open = 0;
    for (const char *at = text; *at;) {
        const char *const next = ctext_skip(at);
        if (next > at) {
            at = next;
            continue;
        }
        const size_t length = ctext_word(at);
        if (open == 0 && length == strlen(name) && memcmp(at, name, length) == 0 &&
            at[length + strspn(at + length, " \t\n")] == '(')
            return true;
        open += (*at == '{') - (*at == '}');
        at += length ? length : 1;
    }
    return false;
}

bool ctext_includes(const char *text, bool any)
{
    static const char word[] = "include";
    for (const char *at = text; (at = strstr(at, word)); at++) {
        const char *hash = at;
        while (hash > text && (hash[-1] == ' ' || hash[-1] == '\t'))
            hash--;
        const char sign = at[strlen(word) + strspn(at + strlen(word), " \t")];
        if (hash > text && hash[-1] == '#' && (any || sign != '<'))
            return true;
    }
    return false;
}

char *ctext_read(const char *path)
{
    struct stat found; /* a pipe would be waited for, and read but once */
    FILE *const file = stat(path, &found) == 0 && S_ISREG(found.st_mode) ? fopen(path, "rb") : NULL;
    char *text = NULL;
    size_t room = 0;
    if (file && getdelim(&text, &room, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}
