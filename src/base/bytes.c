#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

void bytes_clear(struct bytes *bytes)
{
    bytes->length = 0;
    bytes->at = 0;
    bytes->failed = false;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){0};
}

bool bytes_make_room(struct bytes *bytes, size_t length)
{
    const size_t room = length + length / 2 + 4096;
    unsigned char *const data = realloc(bytes->data, room);
    if (!data) {
        bytes->failed = true;
        return false;
    }
    bytes->data = data;
    bytes->room = room;
    return true;
}

void bytes_put(struct bytes *bytes, const void *from, size_t length)
{
    const size_t at = bytes->length;
    if (length > 0 && !bytes->failed && bytes_resize(bytes, at + length))
        memcpy(bytes->data + at, from, length);
}

void bytes_get(struct bytes *bytes, void *to, size_t length)
{
    if (length > bytes->length - bytes->at) {
        bytes->failed = true;
        memset(to, 0, length);
    } else if (length > 0) {
        memcpy(to, bytes->data + bytes->at, length);
        bytes->at += length;
    }
}

const char *bytes_take(struct bytes *bytes, size_t *length)
{
    const size_t at = bytes->at;
    if (*length > bytes->length - at) {
        bytes->failed = true;
        *length = 0;
    }
    bytes->at += *length;
    return *length ? (const char *)bytes->data + at : "";
}
