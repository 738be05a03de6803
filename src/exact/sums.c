#include "exact/sums.h"

#include <stdlib.h>

struct layout layout_of(const enum exact_kind *kinds, size_t count)
{
    struct layout layout = {.count = 0};
    for (size_t k = 0; k < count; k++)
        layout_add(&layout, kinds[k]);
    return layout;
}

size_t layout_add(struct layout *layout, enum exact_kind kind)
{
    const size_t k = layout->count++;
    layout->kinds[k] = kind;
    layout->at[k] = layout->size;
    layout->size += exact_size(kind);
    return k;
}

/* calloc aligns to 16 where a struct may hold an __int128. */
_Static_assert(_Alignof(max_align_t) >= 16, "memory must be aligned to 16");

struct sums *sums_new(const struct layout *layout, size_t blocks)
{
    return calloc(blocks, layout->size);
}

struct sums *sums_room(const struct layout *layout, size_t blocks)
{
    return blocks <= SIZE_MAX / layout->size ? malloc(blocks * layout->size) : NULL;
}

void sums_merge(const struct layout *layout, struct sums *into, const struct sums *from)
{
    for (size_t k = 0; k < layout->count; k++)
        exact_merge(layout->kinds[k], sums_at(layout, into, k), (const char *)from + layout->at[k]);
}

void sums_normalize(const struct layout *layout, struct sums *sums)
{
    for (size_t k = 0; k < layout->count; k++)
        exact_normalize(layout->kinds[k], sums_at(layout, sums, k));
}

bool sums_equal(const struct layout *layout, struct sums *a, struct sums *b)
{
    sums_normalize(layout, a);
    sums_normalize(layout, b);
    return memcmp(a, b, layout->size) == 0;
}

bool sums_values(const struct layout *layout, const struct sums *sums, union value *values)
{
    bool fit = true;
    for (size_t k = 0; k < layout->count; k++)
        fit &= exact_value(layout->kinds[k], (const char *)sums + layout->at[k], &values[k]);
    return fit;
}

char *sums_save(const struct layout *layout, const struct sums *sums, char *text)
{
    for (size_t k = 0; k < layout->count; k++) {
        text = k > 0 ? stpcpy(text, ",") : text;
        text = exact_save(layout->kinds[k], (const char *)sums + layout->at[k], text);
    }
    return text;
}

bool sums_take_item(const char **text, bool last, char *item, size_t room)
{
    const size_t length = strcspn(*text, ",");
    if (length >= room || ((*text)[length] == '\0') != last)
        return false;
    memcpy(item, *text, length);
    item[length] = '\0';
    *text += length + !last;
    return true;
}

bool sums_load(const struct layout *layout, const char *text, struct sums *sums)
{
    char item[EXACT_SAVED];
    for (size_t k = 0; k < layout->count; k++)
        if (!sums_take_item(&text, k + 1 == layout->count, item, sizeof item) ||
            !exact_load(layout->kinds[k], item, sums_at(layout, sums, k)))
            return false;
    return true;
}
