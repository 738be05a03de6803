#include "jobs/pieces.h"

#include "base/digest.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* What one thread works on at a time, in bytes: some milliseconds, and a whole number of pages. */
#define PIECE ((size_t)4 << 20)

static size_t pieces_of(const struct data_array *array)
{
    return array->size / PIECE + (array->size % PIECE > 0);
}

size_t pieces_count(const struct data *data)
{
    size_t pieces = 0;
    for (size_t k = 0; k < data->count; k++)
        pieces += pieces_of(&data->array[k]);
    return pieces;
}

#ifdef MADV_POPULATE_READ
static bool map_page(const unsigned char *at)
{
    return madvise((void *)at, 1, MADV_POPULATE_READ) == 0;
}

/* How often this thread has had to wait for a page. */
static long count_faults(void)
{
    struct rusage used;
    return getrusage(RUSAGE_THREAD, &used) == 0 ? used.ru_minflt + used.ru_majflt : 0;
}
#endif

/*
 * Maps the pages. With a page that is asked for Linux maps those of the 64 KB around it that are in
 * memory; asked for all of them, it would look at each, for twice the time. But where a large page
 * came along, all are there at once. Where that is not to be had, whoever reads them does.
 */
static void populate(const unsigned char *bytes, size_t size)
{
#ifdef MADV_POPULATE_READ
    const uintptr_t around = 65536, page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const unsigned char *const end = bytes + size, *at = bytes - (uintptr_t)bytes % page;
    long faults = 0;
    for (int step = 0; at < end; step++) {
        if (step == 1)
            faults = count_faults();
        else if (step == 2 && count_faults() == faults) {
            (void)madvise((void *)at, (size_t)(end - at), MADV_POPULATE_READ);
            return;
        }
        if (!map_page(at))
            return;
        at += around - (uintptr_t)at % around;
    }
#else
    (void)bytes, (void)size;
#endif
}

/* More than half of the memory is left to come as it is read. */
static bool fits_memory(const struct data *data)
{
    size_t mapped = 0;
    for (size_t k = 0; k < data->count; k++)
        mapped += data->array[k].mapped;
    return mapped / 2 < (size_t)sysconf(_SC_PHYS_PAGES) / 4 * (size_t)sysconf(_SC_PAGESIZE);
}

void pieces_touch(const struct data *data, size_t piece, uint64_t *digests)
{
    const struct data_array *array = data->array;
    const size_t number = piece;
    for (; piece >= pieces_of(array); array++)
        piece -= pieces_of(array);
    const unsigned char *const bytes = (const unsigned char *)array->elements + piece * PIECE;
    const size_t left = array->size - piece * PIECE, size = left < PIECE ? left : PIECE;
    if (array->mapped > 0 && fits_memory(data))
        populate(bytes, size);
    if (digests)
        digests[number] = digest_block(bytes, size);
}

void pieces_digest(struct data *data, const uint64_t *digests)
{
    for (size_t k = 0; k < data->count; k++) {
        struct data_array *const array = &data->array[k];
        const size_t pieces = pieces_of(array);
        array->digest = digest_add(DIGEST_START, digests, pieces * sizeof *digests);
        digests += pieces;
    }
}
