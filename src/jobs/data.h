/*
 * data: arrays of numbers in files, which a term reads.
 *
 *     NAME=FILE              a .npy file, or text: a table of one column
 *     NAME=FILE:col=COLUMN   a column of a table, by its name or number (from 1)
 *     NAME=FILE:TYPE         elements one after the other: i1 to i8, u1 to u8, f4, f8;
 *                            >f8 has the most significant byte first
 *
 * A file of this machine's byte order is mapped, not copied: what others write to it is seen, and
 * one that shrinks raises SIGBUS where a page is missing; data_check finds the rest. One of the
 * other byte order is read into memory, and so is text.
 *
 * Elements lie one after the other, but need not be aligned.
 */
#ifndef PARSUM_DATA_H
#define PARSUM_DATA_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum { DATA_MAX = 64, DATA_DIMENSIONS = 2 };

enum element {
    ELEMENT_I1,
    ELEMENT_I2,
    ELEMENT_I4,
    ELEMENT_I8,
    ELEMENT_U1, /* also numpy's b1: 0 is false and 1 is true */
    ELEMENT_U2,
    ELEMENT_U4,
    ELEMENT_U8,
    ELEMENT_F4,
    ELEMENT_F8,
    ELEMENTS,
};

/* What is known of the elements of an array before they are looked at. */
struct shape {
    enum element element;
    bool swapped;               /* their bytes have the order that this machine has not */
    int dimensions;             /* 1 or 2 */
    int64_t n[DATA_DIMENSIONS]; /* how many: of rows and columns, or of elements and 1 */
};

struct data_array {
    char *name;
    char *path; /* as the user gave it, without what stands behind it */
    struct shape shape;
    const void *elements;
    size_t size;     /* of the elements, in bytes */
    uint64_t digest; /* of them; 0: not computed */
    void *map;       /* the file, mapped */
    size_t mapped;   /* all of it, in bytes; 0: it is not */
    struct stat was; /* the mapped file when it was opened */
    void *owned;     /* or memory that the elements were read into */
};

/* An array that the program has in memory, where it must stay. */
struct data_given {
    const char *name;
    enum element element;
    const void *elements; /* in this machine's byte order */
    int64_t n, columns;   /* how many; of two dimensions the rows and columns, else columns is 0 */
};

struct data {
    size_t count;
    struct data_array array[DATA_MAX];
};

/* "f8" and its like; its size in bytes; its C type. */
const char *element_name(enum element element);
size_t element_size(enum element element);
const char *element_type(enum element element);

/*
 * Opens an array, "NAME=FILE...", and adds it. A bad file or argument is STATUS_USAGE, and leaves
 * the data as they were.
 */
enum status data_add(struct data *data, const char *argument) MUST_CHECK;

/* Adds an array that is in memory. A bad name is STATUS_USAGE. */
enum status data_give(struct data *data, const struct data_given *given) MUST_CHECK;

/* The element type of a name, "f8"; ELEMENTS if it is none. */
enum element element_find(const char *name);

/*
 * Reads offsets, integers of one dimension in "FILE", "FILE:TYPE" or "FILE:col=COLUMN", none of
 * which is negative or less than the one before. The caller frees *offsets, also after a failure.
 */
enum status data_offsets(const char *argument, int64_t **offsets, uint64_t *count) MUST_CHECK;

/* The path in "FILE" and its like, as data_offsets has it; false if it is too long. */
bool data_path(const char *file, char path[PATH_MAX]);

/* Which array has that name; data->count if none does. */
size_t data_find(const struct data *data, const char *name, size_t length);

/*
 * After the last look at the elements: no mapped file has become shorter meanwhile, or was written
 * to. One that has grown is taken for one that others append to: what was read of it is as it was.
 */
enum status data_check(const struct data *data) MUST_CHECK;

void data_close(struct data *data);

#endif
