/*
 * Any bytes as a saved sum: text that is read is printed again as it was, and so are bytes, once
 * they end with the digest that belongs to them. What is read can be added to itself and rounded.
 */
#include "fuzz.h"
#include "base/digest.h"
#include "exact/saved.h"

#include <string.h>

static void use(const struct kulisch *sum)
{
    struct kulisch twice = *sum;
    kulisch_merge(&twice, sum);
    kulisch_subtract_sum(&twice, sum);
    unsigned char bytes[SAVED_BYTES], again[SAVED_BYTES];
    const size_t length = saved_put(sum, bytes);
    DEMAND(saved_put(&twice, again) == length && memcmp(again, bytes, length) == 0);
    (void)kulisch_round(&twice);
}

static void read_bytes(const uint8_t *data, size_t size)
{
    unsigned char *const bytes = malloc(size + 8), again[SAVED_BYTES];
    DEMAND(bytes);
    memcpy(bytes, data, size);
    const uint64_t digest = digest_add(DIGEST_START, data, size);
    for (int k = 0; k < 8; k++)
        bytes[size + (size_t)k] = (unsigned char)(digest >> 8 * k);
    struct kulisch sum;
    if (saved_get(&sum, bytes, size + 8) == SAVED_WELL) {
        DEMAND(saved_put(&sum, again) == size + 8 && memcmp(again, bytes, size + 8) == 0);
        use(&sum);
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kulisch sum;
    char text[SAVED_TEXT];
    if (saved_parse(&sum, (const char *)data, size) == SAVED_WELL) {
        DEMAND(saved_print(&sum, text) == size && memcmp(text, data, size) == 0);
        use(&sum);
    }
    read_bytes(data, size);
    return 0;
}
