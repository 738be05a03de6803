/*
 * Any bytes as a file of data: as a .npy file the elements lie within it, and as text each column
 * is refused or has as many numbers in memory as it says. The bytes have no end that stops a
 * reader.
 */
#include "fuzz.h"
#include "jobs/data_npy.h"
#include "jobs/data_text.h"

#include <string.h>

static void read_npy(const uint8_t *data, size_t size)
{
    struct shape shape;
    size_t offset = 0;
    error_clear();
    if (npy_read(data, size, "f", &shape, &offset)) {
        DEMAND(error_last().status);
        return;
    }
    DEMAND(shape.n[0] >= 0 && shape.n[1] >= 0 && offset <= size);
    DEMAND(shape.n[1] == 0 || (uint64_t)shape.n[0] <= (size - offset) /
                                                          element_size(shape.element) /
                                                          (uint64_t)shape.n[1]);
}

static void read_text(const uint8_t *data, size_t size, const char *column)
{
    struct shape shape;
    void *made = NULL;
    uint64_t sum = 0, number;
    error_clear();
    if (text_read((const char *)data, size, column, "f", &shape, &made)) {
        DEMAND(error_last().status);
        return;
    }
    for (int64_t k = 0; k < shape.n[0]; k++) {
        memcpy(&number, (const char *)made + (size_t)k * sizeof number, sizeof number);
        sum += number;
    }
    DEMAND(shape.n[0] >= 0 && (size_t)shape.n[0] <= size + (sum == 0));
    free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *const exact = malloc(size);
    memcpy(exact, data, size);
    if (npy_is(exact, size))
        read_npy(exact, size);
    read_text(exact, size, NULL);
    read_text(exact, size, "1");
    read_text(exact, size, "a");
    free(exact);
    return 0;
}
