#include "jobs/data_npy.h"

#include <inttypes.h>
#include <string.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC = sizeof magic - 1, VERSION = 2 };

bool npy_is(const unsigned char *bytes, size_t size)
{
    return size >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
}

/* The text of a header, a dictionary as Python writes it, and how far it was read. */
struct text {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct text *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
}

/* Passes over blanks, and then over `c` if that is next. */
static bool take(struct text *text, char c)
{
    skip_blanks(text);
    const bool is = text->at < text->end && *text->at == c;
    text->at += is;
    return is;
}

/* A string in quotes of either kind, without escapes, which no name or type needs. */
static bool take_string(struct text *text, const char **string, size_t *length)
{
    const bool single = take(text, '\'');
    if (!single && !take(text, '"'))
        return false;
    *string = text->at;
    const char *const close = memchr(text->at, single ? '\'' : '"', (size_t)(text->end - text->at));
    if (!close)
        return false;
    *length = (size_t)(close - text->at);
    text->at = close + 1;
    return memchr(*string, '\\', *length) == NULL;
}

static bool take_word(struct text *text, const char *word)
{
    const size_t length = strlen(word);
    skip_blanks(text);
    const bool is = (size_t)(text->end - text->at) >= length && memcmp(text->at, word, length) == 0;
    text->at += is ? length : 0;
    return is;
}

static bool take_number(struct text *text, int64_t *number)
{
    skip_blanks(text);
    const char *const from = text->at;
    *number = 0;
    for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, *text->at - '0', number))
            return false;
    const bool any = text->at > from;
    take(text, 'L'); /* as Python 2 wrote it */
    return any;
}

/* What the dictionary says. */
struct header {
    bool has_type, has_order, has_shape;
    const char *type; /* NULL: it is a struct */
    size_t type_length;
    bool fortran;
    int dimensions;
    int64_t n[DATA_DIMENSIONS]; /* of the first ones */
};

static bool take_shape(struct text *text, struct header *header)
{
    if (!take(text, '('))
        return false;
    while (!take(text, ')')) {
        int64_t n;
        if (!take_number(text, &n) || header->dimensions == 64)
            return false;
        if (header->dimensions < DATA_DIMENSIONS)
            header->n[header->dimensions] = n;
        header->dimensions++;
        if (!take(text, ',')) /* behind the last one of several there need be none */
            return take(text, ')');
    }
    return true;
}

/* A value of the dictionary; what a struct's type says does not matter, as it is refused. */
static bool take_value(struct text *text, const char *key, size_t length, struct header *header)
{
    if (length == strlen("descr") && memcmp(key, "descr", length) == 0 && !header->has_type) {
        header->has_type = true;
        if (!take(text, '['))
            return take_string(text, &header->type, &header->type_length);
        text->at = text->end;
        return true;
    }
    if (length == strlen("fortran_order") && memcmp(key, "fortran_order", length) == 0 &&
        !header->has_order) {
        header->has_order = true;
        header->fortran = take_word(text, "True");
        return header->fortran || take_word(text, "False");
    }
    if (length != strlen("shape") || memcmp(key, "shape", length) != 0 || header->has_shape)
        return false;
    header->has_shape = true;
    return take_shape(text, header);
}

static bool read_header(struct text text, struct header *header)
{
    if (!take(&text, '{'))
        return false;
    while (!take(&text, '}')) {
        const char *key;
        size_t length;
        if (!take_string(&text, &key, &length) || !take(&text, ':') ||
            !take_value(&text, key, length, header))
            return false;
        if (header->has_type && !header->type)
            return true;
        if (!take(&text, ',') && !take(&text, '}'))
            return false;
        if (text.at[-1] == '}')
            break;
    }
    skip_blanks(&text);
    return text.at == text.end && header->has_type && header->has_order && header->has_shape;
}

/* "<f8": the order of bytes, kind and size. */
static bool read_type(const char *text, size_t length, struct shape *shape)
{
    const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    if (length != 3 || !text[0] || !strchr("<>=|", text[0]))
        return false;
    shape->swapped = text[2] > '1' && text[0] == (little ? '>' : '<');
    if (text[1] == 'b' && text[2] == '1') {
        shape->element = ELEMENT_U1;
        return true;
    }
    for (enum element k = 0; k < ELEMENTS; k++)
        if (memcmp(element_name(k), text + 1, 2) == 0) {
            shape->element = k;
            return text[0] != '|' || text[2] == '1';
        }
    return false;
}

static enum status refuse_type(const struct header *header, const char *place)
{
    char quoted[ERROR_QUOTED];
    if (!header->type)
        return error_set(STATUS_USAGE,
                         "%s: is an array of structs; save a field of it: np.save(FILE, "
                         "a[\"FIELD\"])",
                         place);
    return error_set(STATUS_USAGE,
                     "%s: has elements of the type %s, which a term can't read; save it as a type "
                     "that it can: np.save(FILE, a.astype(\"f8\"))",
                     place, error_quote(header->type, header->type_length, quoted));
}

/* Is it an array that a term can read? */
static enum status judge(const struct header *header, const char *place, struct shape *shape)
{
    if (!header->type || !read_type(header->type, header->type_length, shape))
        return refuse_type(header, place);
    if (header->dimensions != 1 && header->dimensions != 2)
        return error_set(STATUS_USAGE,
                         "%s: has %d dimensions, and a term reads 1 or 2; save it as np.save(FILE, "
                         "a.reshape(%s))",
                         place, header->dimensions, header->dimensions ? "len(a), -1" : "1");
    shape->dimensions = header->dimensions;
    shape->n[0] = header->n[0];
    shape->n[1] = header->dimensions == 2 ? header->n[1] : 1;
    if (header->fortran && shape->n[0] > 1 && shape->n[1] > 1)
        return error_set(STATUS_USAGE,
                         "%s: has Fortran order, columns one after the other; save it as "
                         "np.save(FILE, np.ascontiguousarray(a))",
                         place);
    return STATUS_OK;
}

/* The text of the header, and where it ends. */
static bool find_text(const unsigned char *bytes, size_t size, struct text *text, size_t *offset)
{
    const size_t counter = MAGIC + VERSION;
    if (size < counter + 2)
        return false;
    const size_t width = bytes[MAGIC] == 1 ? 2 : 4;
    size_t length = 0;
    if (size < counter + width)
        return false;
    for (size_t k = width; k-- > 0;)
        length = length << 8 | bytes[counter + k];
    *offset = counter + width + length;
    *text = (struct text){(const char *)bytes + counter + width, (const char *)bytes + *offset};
    return *offset <= size;
}

enum status npy_read(const unsigned char *bytes, size_t size, const char *place,
                     struct shape *shape, size_t *offset)
{
    struct text text;
    struct header header = {0};
    int64_t count, wanted;
    if (size > MAGIC && (bytes[MAGIC] < 1 || bytes[MAGIC] > 3))
        return error_set(STATUS_USAGE,
                         "%s: has version %d of the format .npy, and there are 1 to 3; save it "
                         "again",
                         place, bytes[MAGIC]);
    if (!find_text(bytes, size, &text, offset))
        return error_set(STATUS_USAGE, "%s: ends within its header; is it all of the file?", place);
    if (!read_header(text, &header))
        return error_set(STATUS_USAGE, "%s: has no header as numpy writes it; save it again",
                         place);
    *shape = (struct shape){0};
    const enum status status = judge(&header, place, shape);
    if (status)
        return status;
    const size_t has = size - *offset;
    if (__builtin_mul_overflow(shape->n[0], shape->n[1], &count) ||
        __builtin_mul_overflow(count, (int64_t)element_size(shape->element), &wanted) ||
        (size_t)wanted > has)
        return error_set(STATUS_USAGE,
                         "%s: is too short: its header tells of %" PRId64 " x %" PRId64
                         " elements, and %zu bytes follow; is it all of the file?",
                         place, shape->n[0], shape->n[1], has);
    return STATUS_OK;
}
