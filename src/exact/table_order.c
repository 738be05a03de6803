#include "exact/table_order.h"

#include <stdlib.h>

/* A key and its entry, to be sorted; the key with its sign bit flipped if it is signed. */
struct item {
    uint64_t key;
    uint32_t entry;
};

static int compare(const void *a, const void *b)
{
    const uint64_t x = ((const struct item *)a)->key, y = ((const struct item *)b)->key;
    return (x > y) - (x < y);
}

uint32_t *table_order(const struct table *table, bool is_signed)
{
    const uint64_t flip = is_signed ? UINT64_C(1) << 63 : 0;
    struct item *const items = malloc((table->count + 1) * sizeof *items);
    uint32_t *const order = items ? malloc((table->count + 1) * sizeof *order) : NULL;
    for (size_t entry = 0; order && entry < table->count; entry++)
        items[entry] = (struct item){(uint64_t)table->keys[entry] ^ flip, (uint32_t)entry};
    if (order)
        qsort(items, table->count, sizeof *items, compare);
    for (size_t k = 0; order && k < table->count; k++)
        order[k] = items[k].entry;
    free(items);
    return order;
}
