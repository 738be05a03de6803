/* term_text: the files that a generated C file includes, as text in the program (embed.cmake). */
#ifndef PARSUM_TERM_TEXT_H
#define PARSUM_TERM_TEXT_H

#include <stddef.h>

struct term_text {
    const char *name;
    const char *text;
    size_t length;
};

/* All of them; the last one has no name. */
extern const struct term_text term_texts[];

#endif
