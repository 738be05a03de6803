#include "base/record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/*
 * Eight bytes a step. A step is a bijection of `state` for every word, and of the word for every
 * `state`: so bits that flip within one word always show, and others but for a chance of 2^-64.
 */
static inline uint64_t step(uint64_t state, uint64_t word)
{
    state = (state ^ word) * 0x9e3779b97f4a7c15u;
    return state ^ state >> 32;
}

static uint64_t checksum(const char *text, size_t length)
{
    uint64_t state = ~(uint64_t)length;
    for (; length >= sizeof(uint64_t); text += sizeof(uint64_t), length -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text, sizeof word);
        state = step(state, word);
    }
    uint64_t word = 0;
    memcpy(&word, text, length);
    return step(state, word);
}

static void print_checksum(const char *text, size_t length, char digits[16])
{
    uint64_t sum = checksum(text, length);
    for (int k = 15; k >= 0; k--, sum >>= 4)
        digits[k] = "0123456789abcdef"[sum & 15];
}

void record_seal(char *text, size_t length)
{
    text[length] = ' ';
    print_checksum(text, length, text + length + 1);
    text[length + RECORD_SEAL - 1] = '\n';
}

void record_start(struct record_reader *reader, int fd)
{
    reader->fd = fd;
    reader->offset = reader->next = 0;
    reader->at = reader->filled = reader->buffer;
}

/* Reads more behind what is held, which moves to the front. Returns how much; -1 at a failure. */
static ssize_t fill(struct record_reader *reader)
{
    const size_t held = (size_t)(reader->filled - reader->at);
    memmove(reader->buffer, reader->at, held);
    reader->at = reader->buffer;
    reader->filled = reader->buffer + held;
    ssize_t got;
    do
        got = pread(reader->fd, reader->filled, sizeof reader->buffer - held,
                    reader->next + (off_t)held);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        reader->filled += got;
    return got;
}

static void take(struct record_reader *reader, size_t length)
{
    reader->at += length;
    reader->next += (off_t)length;
}

/* A line that fills the buffer is none of ours; what is left of it is read past. */
static enum record_next skip_line(struct record_reader *reader)
{
    for (;;) {
        char *const end = memchr(reader->at, '\n', (size_t)(reader->filled - reader->at));
        take(reader, (size_t)((end ? end + 1 : reader->filled) - reader->at));
        if (end)
            return RECORD_BAD;
        const ssize_t got = fill(reader);
        if (got <= 0)
            return got < 0 ? RECORD_FAILED : RECORD_BAD;
    }
}

enum record_next record_read(struct record_reader *reader, char **text, size_t *length)
{
    char *end;
    reader->offset = reader->next;
    while (!(end = memchr(reader->at, '\n', (size_t)(reader->filled - reader->at)))) {
        if (reader->filled == reader->buffer + sizeof reader->buffer &&
            reader->at == reader->buffer)
            return skip_line(reader);
        const ssize_t got = fill(reader);
        if (got < 0)
            return RECORD_FAILED;
        if (got > 0)
            continue;
        if (reader->at == reader->filled)
            return RECORD_END;
        take(reader, (size_t)(reader->filled - reader->at));
        return RECORD_BAD; /* has no end */
    }
    char *const line = reader->at;
    const size_t line_length = (size_t)(end + 1 - line);
    take(reader, line_length);
    if (line_length < RECORD_SEAL || line_length > RECORD_TEXT + RECORD_SEAL)
        return RECORD_BAD;
    char seal[16];
    *text = line;
    *length = line_length - RECORD_SEAL;
    print_checksum(line, *length, seal);
    if (line[*length] != ' ' || memcmp(line + *length + 1, seal, sizeof seal) != 0 ||
        memchr(line, '\0', *length))
        return RECORD_BAD;
    line[*length] = '\0';
    return RECORD_READ;
}
