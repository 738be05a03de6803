/*
 * bytes: a message in the making, or being read: values put one after another as they lie in
 * memory, for processes of one program on machines of one kind.
 *
 * Memory may run short while values are put; that is noted, and whoever sends the message looks.
 * Not thread-safe.
 */
#ifndef PARSUM_BYTES_H
#define PARSUM_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    unsigned char *data;
    size_t length, room;
    size_t at;   /* how much was got */
    bool failed; /* memory was short, or more was got than there is */
};

/* Empties *bytes, keeps its memory. {0} is empty too. */
void bytes_clear(struct bytes *bytes);
void bytes_free(struct bytes *bytes);

/* Makes room for `length` bytes of content; false if memory is short. */
bool bytes_make_room(struct bytes *bytes, size_t length);

/* Makes `length` bytes of content, undefined ones; false if memory is short. */
static inline bool bytes_resize(struct bytes *bytes, size_t length)
{
    if (length > bytes->room && !bytes_make_room(bytes, length))
        return false;
    bytes->length = length;
    return true;
}

void bytes_put(struct bytes *bytes, const void *from, size_t length);

/* The next `length` bytes; zeros where there are not as many. */
void bytes_get(struct bytes *bytes, void *to, size_t length);

/* The same without a copy, valid as long as the message; *length becomes 0 where there are not as
 * many. */
const char *bytes_take(struct bytes *bytes, size_t *length);

#endif
