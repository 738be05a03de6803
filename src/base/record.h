/*
 * record: lines of text with a checksum at their ends, so that one that is torn or damaged is
 * found.
 *
 *     TEXT 0123456789abcdef
 *
 * Memory of the caller; one thread a reader.
 */
#ifndef PARSUM_RECORD_H
#define PARSUM_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    RECORD_TEXT = 360448, /* the longest text, in bytes; it has no line breaks and no NUL */
    RECORD_SEAL = 18,     /* what follows it: a blank, the checksum, a line break */
};

/* Ends the record whose text is text[0] to text[length - 1]; RECORD_SEAL more bytes follow. */
void record_seal(char *text, size_t length);

enum record_next {
    RECORD_READ,
    RECORD_BAD,    /* a line that is no record, or not as it was written */
    RECORD_END,    /* the file ends here */
    RECORD_FAILED, /* reading failed; errno says why */
};

/* Reads a file from its beginning; the file's own position does not matter. */
struct record_reader {
    int fd;
    off_t offset; /* of the line that was read last: in the file, in bytes */
    off_t next;   /* where the line after it begins */
    char *at, *filled;
    char buffer[4 * RECORD_TEXT];
};

void record_start(struct record_reader *reader, int fd);

/* The next record: *text ends with a NUL and is valid until the next call. */
enum record_next record_read(struct record_reader *reader, char **text, size_t *length);

#endif
