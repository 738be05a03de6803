/*
 * Any bytes as a journal. The first byte says what sums it holds, and whether the rest is the whole
 * file, as it is, or lines to be sealed behind the right beginning: nobody hits upon a checksum.
 */
#include "fuzz.h"
#include "run/journal_read.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct journal_identity identity = {{
    "parsum journal 1",
    "term 2ba63e5d5a1c6f0e i",
    "kind integer",
    "jobs random 3, below 100000000, seed 1, start 0",
}};

/* Writes the text and its checksum as a record. */
static void put_record(FILE *file, const char *text, size_t length)
{
    char record[RECORD_TEXT + RECORD_SEAL];
    if (length > RECORD_TEXT)
        length = RECORD_TEXT;
    memcpy(record, text, length);
    record_seal(record, length);
    DEMAND(fwrite(record, 1, length + RECORD_SEAL, file) == length + RECORD_SEAL);
}

static void put_sealed(FILE *file, const char *text, size_t size)
{
    for (size_t k = 0; k < JOURNAL_IDENTITY; k++)
        put_record(file, identity.lines[k], strlen(identity.lines[k]));
    for (const char *const end = text + size; text < end;) {
        const char *const line_end = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((line_end ? line_end : end) - text);
        put_record(file, text, length);
        text += length + 1;
    }
}

static void read_jobs(struct journal_read *read)
{
    for (uint64_t k = 0; k < read->state.jobs; k++) {
        struct journal_job job = {0};
        union value values[2];
        const enum status status = journal_read_job(read, &job, values);
        DEMAND(status == STATUS_OK || status == STATUS_FAILED);
        if (status)
            return;
    }
}

static void read_hits(struct journal_read *read)
{
    struct hit hit;
    bool found = true;
    while (found)
        if (journal_read_hit(read, 1, &hit, &found))
            return;
}

/* The layouts are one or two of these, next to each other. */
static const enum exact_kind kinds[] = {EXACT_INTEGER, EXACT_WIDE, EXACT_REAL, EXACT_NATURAL,
                                        EXACT_INTEGER};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    static const struct reductions all = {4, {REDUCE_MEAN, REDUCE_SD, REDUCE_MIN, REDUCE_ARGMAX}};
    static struct results results, by_key;
    const bool keyed = *data / 16 % 2;
    results_of_sums(&results, &kinds[*data % 4], 1 + *data / 8 % 2);
    if (keyed)
        results_of(&by_key, &kinds[*data % 4], 1, &all, RESULTS_SMALL);
    const bool sealed = *data / 4 % 2;
    const int fd = memfd_create("journal", MFD_CLOEXEC);
    FILE *const file = fdopen(fd, "w");
    DEMAND(file);
    if (sealed)
        put_sealed(file, (const char *)data + 1, size - 1);
    else
        DEMAND(fwrite(data + 1, 1, size - 1, file) == size - 1);
    DEMAND(fflush(file) == 0);

    struct journal_read *const read = calloc(1, sizeof *read);
    DEMAND(read);
    DEMAND(journal_read_init(read, "journal", &results, keyed ? &by_key : NULL) == STATUS_OK);
    if (*data / 128)
        DEMAND(journal_read_want_hits(read, kinds[*data % 4]) == STATUS_OK);
    const enum status status = journal_read_open(read, fd, &identity);
    DEMAND(status == STATUS_OK || status == STATUS_USAGE || status == STATUS_FAILED);
    if (!status) {
        DEMAND(read->end <= lseek(fd, 0, SEEK_END));
        DEMAND(read->state.terms == 0 ||
               read->state.terms <
                   job_terms((struct job){read->state.next.start, read->state.next.end, NULL}));
        read_jobs(read);
        read_hits(read);
    }
    journal_read_clear(read);
    free(read);
    fclose(file);
    return 0;
}
