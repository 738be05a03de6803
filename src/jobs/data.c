#include "jobs/data.h"

#include "base/name.h"
#include "jobs/data_npy.h"
#include "jobs/data_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name, *type;
    size_t size;
} elements[ELEMENTS] = {
    [ELEMENT_I1] = {"i1", "signed char", 1},   [ELEMENT_I2] = {"i2", "int16_t", 2},
    [ELEMENT_I4] = {"i4", "int32_t", 4},       [ELEMENT_I8] = {"i8", "int64_t", 8},
    [ELEMENT_U1] = {"u1", "unsigned char", 1}, [ELEMENT_U2] = {"u2", "uint16_t", 2},
    [ELEMENT_U4] = {"u4", "uint32_t", 4},      [ELEMENT_U8] = {"u8", "uint64_t", 8},
    [ELEMENT_F4] = {"f4", "float", 4},         [ELEMENT_F8] = {"f8", "double", 8},
};

const char *element_name(enum element element)
{
    return elements[element].name;
}

size_t element_size(enum element element)
{
    return elements[element].size;
}

enum element element_find(const char *name)
{
    enum element element = 0;
    while (element < ELEMENTS && strcmp(name, elements[element].name) != 0)
        element++;
    return element;
}

const char *element_type(enum element element)
{
    return elements[element].type;
}

/* The parts of an argument. */
struct parts {
    const char *name;
    size_t name_length;
    const char *path;
    size_t path_length;
    const char *column; /* NULL: none is named */
    bool raw;           /* its elements are told: */
    struct shape shape;
};

/* "f8" or ">f8": elements one after the other. */
static bool read_raw(const char *text, struct shape *shape)
{
    const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    const bool told = *text == '<' || *text == '>';
    *shape = (struct shape){.swapped = told && *text == (little ? '>' : '<'), .dimensions = 1};
    shape->element = element_find(text + told);
    shape->swapped &= shape->element < ELEMENTS && elements[shape->element].size > 1;
    return shape->element < ELEMENTS;
}

/* The file, and what is told of it behind its name. */
static void part_file(const char *file, struct parts *parts)
{
    const char *const column = strstr(file, ":col="), *const colon = strrchr(file, ':');
    const char *end = file + strlen(file);
    if (column) {
        parts->column = column + strlen(":col=");
        end = column;
    } else if (colon && read_raw(colon + 1, &parts->shape)) {
        parts->raw = true;
        end = colon;
    }
    parts->path = file;
    parts->path_length = (size_t)(end - file);
}

bool data_path(const char *file, char path[PATH_MAX])
{
    struct parts parts = {.name = ""};
    part_file(file, &parts);
    return snprintf(path, PATH_MAX, "%.*s", (int)parts.path_length, parts.path) < PATH_MAX;
}

static enum status part(const char *argument, struct parts *parts)
{
    char quoted[ERROR_QUOTED];
    const char *const equals = strchr(argument, '=');
    error_quote(argument, strlen(argument), quoted);
    if (!equals || !equals[1])
        return error_set(STATUS_USAGE, "--data: %s names no file; give NAME=FILE", quoted);
    *parts = (struct parts){.name = argument, .name_length = (size_t)(equals - argument)};
    const char *const fault = name_fault(argument, parts->name_length);
    if (fault)
        return error_set(STATUS_USAGE, "--data: %s %s",
                         error_quote(argument, parts->name_length, quoted), fault);
    part_file(equals + 1, parts);
    return STATUS_OK;
}

/* The file, or a copy of it, as memory. */
struct memory {
    unsigned char *bytes;
    size_t size;
    struct stat file;
};

static enum status map_file(const char *path, const char *place, struct memory *memory)
{
    struct stat *const found = &memory->file;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return error_set(STATUS_USAGE, "%s: %s", place, strerror(errno));
    enum status status = STATUS_OK;
    if (fstat(file, found) != 0)
        status = error_set(STATUS_FAILED, "%s: %s", place, strerror(errno));
    else if (!S_ISREG(found->st_mode))
        status = error_set(STATUS_USAGE, "%s: is no ordinary file, which data have to be", place);
    else
        memory->size = (size_t)found->st_size;
    if (!status && memory->size > 0) {
        memory->bytes = mmap(NULL, memory->size, PROT_READ, MAP_SHARED, file, 0);
        if (memory->bytes == MAP_FAILED)
            status = error_set(STATUS_FAILED, "%s: can't be mapped: %s", place, strerror(errno));
    }
    close(file);
    return status;
}

static void unmap(struct memory memory)
{
    if (memory.size > 0)
        munmap(memory.bytes, memory.size);
}

static void swap(unsigned char *restrict to, const unsigned char *restrict from, size_t bytes,
                 size_t size)
{
    for (size_t at = 0; from && at < bytes; at += size)
        for (size_t k = 0; k < size; k++)
            to[at + k] = from[at + size - 1 - k];
}

/* Puts the elements in this machine's order, into memory of the array's own. */
static enum status take_swapped(struct data_array *array, const unsigned char *from,
                                const char *place)
{
    unsigned char *const to = array->size > 0 ? malloc(array->size) : NULL;
    if (!to && array->size > 0)
        return error_set(STATUS_FAILED,
                         "%s: out of memory: elements of the other byte order are read into it",
                         place);
    swap(to, from, array->size, element_size(array->shape.element));
    array->elements = array->owned = to;
    return STATUS_OK;
}

static void take_mapped(struct data_array *array, struct memory *file, size_t offset)
{
    array->elements = file->bytes + offset;
    array->map = file->bytes;
    array->mapped = file->size;
    array->was = file->file;
    *file = (struct memory){.size = 0};
}

static enum status take_text(struct data_array *array, const struct parts *parts,
                             struct memory file, const char *place)
{
    const enum status status = text_read((const char *)file.bytes, file.size, parts->column, place,
                                         &array->shape, &array->owned);
    array->size = (size_t)array->shape.n[0] * sizeof(double);
    array->elements = array->owned;
    return status;
}

static enum status measure_raw(struct data_array *array, const struct parts *parts,
                               struct memory file, const char *place)
{
    const size_t size = element_size(parts->shape.element);
    array->shape = parts->shape;
    array->shape.n[0] = (int64_t)(file.size / size);
    array->shape.n[1] = 1;
    if (file.size % size == 0)
        return STATUS_OK;
    return error_set(STATUS_USAGE, "%s: has %zu bytes, which is no whole number of elements of %zu",
                     place, file.size, size);
}

/* Finds out what the file has, and where. */
static enum status take(struct data_array *array, const struct parts *parts, struct memory *file,
                        const char *place)
{
    const bool npy = !parts->raw && !parts->column && npy_is(file->bytes, file->size);
    size_t offset = 0;
    enum status status = STATUS_OK;
    if (!npy && !parts->raw)
        return take_text(array, parts, *file, place);
    status = npy ? npy_read(file->bytes, file->size, place, &array->shape, &offset)
                 : measure_raw(array, parts, *file, place);
    if (status)
        return status;
    array->size =
        (size_t)array->shape.n[0] * (size_t)array->shape.n[1] * element_size(array->shape.element);
    if (array->shape.swapped)
        return take_swapped(array, file->bytes + offset, place);
    take_mapped(array, file, offset);
    return STATUS_OK;
}

static enum status open_array(struct data_array *array, const struct parts *parts,
                              const char *option)
{
    struct memory file = {0};
    char *place = NULL;
    array->name = parts->name ? strndup(parts->name, parts->name_length) : NULL;
    array->path = parts->path ? strndup(parts->path, parts->path_length) : NULL;
    if (!array->name || !array->path ||
        asprintf(&place, "%s%s: %s", option, array->name, array->path) < 0)
        return error_set(STATUS_FAILED, "%s: out of memory", option);
    enum status status = map_file(array->path, place, &file);
    if (!status) {
        status = take(array, parts, &file, place);
        unmap(file);
    }
    free(place);
    return status;
}

static void close_array(struct data_array *array)
{
    if (array->mapped > 0)
        munmap(array->map, array->mapped);
    free(array->owned);
    free(array->name);
    free(array->path);
}

/* Is there room for another array of that name? */
static enum status find_room(const struct data *data, const char *name, size_t length)
{
    if (data->count == DATA_MAX)
        return error_set(STATUS_USAGE, "--data: there are more than %d arrays; leave some out",
                         DATA_MAX);
    if (data_find(data, name, length) < data->count)
        return error_set(STATUS_USAGE, "--data: %.*s is there twice; give one another name",
                         (int)length, name);
    return STATUS_OK;
}

enum status data_give(struct data *data, const struct data_given *given)
{
    char quoted[ERROR_QUOTED];
    const size_t length = strlen(given->name);
    const char *const fault = name_fault(given->name, length);
    const int64_t columns = given->columns > 0 ? given->columns : 1;
    int64_t size;
    if (fault)
        return error_set(STATUS_USAGE, "--data: %s %s", error_quote(given->name, length, quoted),
                         fault);
    if (given->n < 0 || given->columns < 0 || __builtin_mul_overflow(given->n, columns, &size) ||
        __builtin_mul_overflow(size, (int64_t)element_size(given->element), &size))
        return error_set(STATUS_USAGE,
                         "--data: %s: its length is less than 0, or more than memory has",
                         given->name);
    const enum status status = find_room(data, given->name, length);
    if (status)
        return status;
    struct data_array *const array = &data->array[data->count];
    *array = (struct data_array){
        .name = strdup(given->name),
        .path = strdup("memory"),
        .shape = {given->element, false, given->columns > 0 ? 2 : 1, {given->n, columns}},
        .elements = given->elements,
        .size = (size_t)size,
    };
    if (!array->name || !array->path) {
        close_array(array);
        return error_set(STATUS_FAILED, "--data: out of memory");
    }
    data->count++;
    return STATUS_OK;
}

enum status data_add(struct data *data, const char *argument)
{
    struct parts parts = {0};
    enum status status = part(argument, &parts);
    if (!status)
        status = find_room(data, parts.name, parts.name_length);
    if (status)
        return status;
    struct data_array *const array = &data->array[data->count];
    *array = (struct data_array){0};
    status = open_array(array, &parts, "--data ");
    if (status)
        close_array(array);
    else
        data->count++;
    return status;
}

/* Element k as an integer; false if it is none that 64 bits hold. */
static bool integer_at(const struct data_array *array, size_t k, int64_t *integer)
{
    const enum element element = array->shape.element;
    const size_t size = element_size(element);
    const bool is_signed = element <= ELEMENT_I8;
    uint64_t bits = 0;
    if (!array->elements || size == 0)
        return false;
    for (size_t byte = 0; byte < size; byte++) {
        const size_t place = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? size - 1 - byte : byte;
        bits = bits << 8 | ((const unsigned char *)array->elements)[k * size + place];
    }
    *integer = is_signed ? (int64_t)(bits << (64 - 8 * size)) >> (64 - 8 * size) : (int64_t)bits;
    return element <= ELEMENT_U8 && (is_signed || *integer >= 0);
}

/* Copies the elements, if they are offsets of the usual type in order. */
static bool copy_offsets(const struct data_array *array, size_t count, int64_t *offsets)
{
    if (array->shape.element != ELEMENT_I8 || !array->elements)
        return false;
    memcpy(offsets, array->elements, count * sizeof *offsets);
    int64_t wrong = offsets[0];
    for (size_t k = 1; k < count; k++)
        wrong |= -(int64_t)(offsets[k] < offsets[k - 1]);
    return wrong >= 0;
}

/* Room for so many offsets; of many, in large pages where the system has some: whoever first writes
   to a page waits for it. */
static int64_t *make_room(size_t count)
{
    const size_t page = (size_t)2 << 20;
    const size_t bytes = count * sizeof(int64_t), size = (bytes + page - 1) / page * page;
    int64_t *const room = bytes < page ? malloc(bytes) : aligned_alloc(page, size);
#ifdef MADV_HUGEPAGE
    if (room && bytes >= page)
        (void)madvise(room, size, MADV_HUGEPAGE);
#endif
    return room;
}

static enum status take_offsets(const struct data_array *array, int64_t **offsets)
{
    const size_t count = (size_t)array->shape.n[0];
    *offsets = make_room(count + 1);
    if (!*offsets)
        return error_set(STATUS_FAILED, "--segments: out of memory");
    if (array->shape.dimensions != 1 || count == 0 || array->shape.element > ELEMENT_U8)
        return error_set(STATUS_USAGE,
                         "--segments: %s: is no list of offsets; give integers, one more than "
                         "there are segments",
                         array->path);
    if (copy_offsets(array, count, *offsets))
        return STATUS_OK;
    for (size_t k = 0; k < count; k++) {
        if (!integer_at(array, k, *offsets + k))
            return error_set(
                STATUS_USAGE,
                "--segments: %s: offset %zu is beyond 2^63 - 1; give those of an array",
                array->path, k + 1);
        if ((*offsets)[k] < (k > 0 ? (*offsets)[k - 1] : 0))
            return error_set(STATUS_USAGE,
                             "--segments: %s: offset %zu is less than %s; give offsets in order",
                             array->path, k + 1, k > 0 ? "the one before" : "0");
    }
    return STATUS_OK;
}

enum status data_offsets(const char *argument, int64_t **offsets, uint64_t *count)
{
    struct parts parts = {.name = ""};
    struct data_array array = {0};
    part_file(argument, &parts);
    *offsets = NULL;
    enum status status = open_array(&array, &parts, "--segments");
    if (!status)
        status = take_offsets(&array, offsets);
    *count = (uint64_t)array.shape.n[0];
    close_array(&array);
    return status;
}

size_t data_find(const struct data *data, const char *name, size_t length)
{
    size_t k = 0;
    while (k < data->count && !name_is(name, length, data->array[k].name))
        k++;
    return k;
}

/* By its path: a file that has taken its place is another. */
static bool is_changed(const struct data_array *array)
{
    const struct stat *const was = &array->was;
    struct stat is;
    return array->mapped > 0 && stat(array->path, &is) == 0 && is.st_dev == was->st_dev &&
           is.st_ino == was->st_ino &&
           (is.st_size < was->st_size ||
            (is.st_size == was->st_size && (is.st_mtim.tv_sec != was->st_mtim.tv_sec ||
                                            is.st_mtim.tv_nsec != was->st_mtim.tv_nsec)));
}

enum status data_check(const struct data *data)
{
    for (size_t k = 0; k < data->count; k++)
        if (is_changed(&data->array[k]))
            return error_set(STATUS_FAILED,
                             "--data %s: %s was changed while it was read; run again, on a copy if "
                             "it goes on changing",
                             data->array[k].name, data->array[k].path);
    return STATUS_OK;
}

void data_close(struct data *data)
{
    for (size_t k = 0; k < data->count; k++)
        close_array(&data->array[k]);
    *data = (struct data){0};
}
