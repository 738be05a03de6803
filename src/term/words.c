#include "term/words.h"

#include <ctype.h>
#include <string.h>

bool words_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

size_t words_length(const char *at)
{
    size_t length = 0;
    while (words_letter(at[length]))
        length++;
    return length;
}

const char *words_skip(const char *at)
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
