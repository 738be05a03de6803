/* utf8: text in UTF-8 (RFC 3629). Thread-safe. */
#ifndef PARSUM_UTF8_H
#define PARSUM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at `text`, which has `room` bytes or ends with a NUL, and *code, what it
   is; 0 if it is none in UTF-8. */
size_t utf8_decode(const char *text, size_t room, uint32_t *code);

/*
 * Would the character command a terminal, or make text look like another? C0 and C1 controls, ends
 * of lines and paragraphs, what changes the direction of writing, and the mark of the encoding
 * (U+FEFF), which nobody sees.
 */
bool utf8_commands(uint32_t code);

#endif
