#include "cluster/share_wire.h"

#include <stdlib.h>
#include <string.h>

void share_put_job(struct bytes *bytes, const struct job *job, uint64_t numbers)
{
    bytes_put(bytes, &job->start, sizeof job->start);
    bytes_put(bytes, &job->end, sizeof job->end);
    if (numbers > 0)
        bytes_put(bytes, job->row->numbers, numbers * sizeof *job->row->numbers);
}

bool share_get_job(struct bytes *bytes, struct job *job, uint64_t numbers)
{
    const size_t length = numbers * sizeof *job->row->numbers;
    *job = (struct job){0};
    bytes_get(bytes, &job->start, sizeof job->start);
    bytes_get(bytes, &job->end, sizeof job->end);
    if (numbers == 0)
        return true;
    job->row = malloc(sizeof *job->row + length);
    if (!job->row)
        return false;
    job->row->size = sizeof *job->row + length;
    bytes_get(bytes, job->row->numbers, length);
    return true;
}

void share_put_status(struct bytes *bytes, enum status status)
{
    const int32_t number = (int32_t)status;
    bytes_put(bytes, &number, sizeof number);
    if (status) {
        const char *const message = error_last().text;
        const size_t length = strlen(message);
        bytes_put(bytes, &length, sizeof length);
        bytes_put(bytes, message, length);
    }
}

/* Its first line, and those below it. */
static void tell_message(size_t rank, const char *message, size_t length)
{
    char *const text = strndup(message, length);
    if (!text)
        return;
    const int first = (int)strcspn(text, "\n");
    error_set_lines(STATUS_FAILED, text + first, "rank %zu: %.*s", rank, first, text);
    free(text);
}

enum status share_get_status(struct bytes *bytes, size_t rank, bool tell)
{
    int32_t status;
    bytes_get(bytes, &status, sizeof status);
    if (!status)
        return STATUS_OK;
    size_t length;
    bytes_get(bytes, &length, sizeof length);
    const char *const message = bytes_take(bytes, &length);
    if (tell)
        tell_message(rank, message, length);
    return (enum status)status;
}

/* Which parts of a span there are: known on both sides from its borders and the jobs. */
struct pieces {
    bool head, tail;
    size_t first, count; /* the jobs that lie within */
};

static struct pieces parts_of(const struct window *window, const struct span *span)
{
    const uint64_t *const begin = window->begin;
    const size_t first = window_find_job(window, span->begin);
    const size_t last = window_find_job(window, span->end - 1);
    const bool head = begin[first] < span->begin;
    const bool open = begin[last + 1] > span->end;
    const size_t from = first + head, to = last + 1 - open;
    return (struct pieces){
        .head = head,
        .tail = open && !(head && first == last),
        .first = from,
        .count = to > from ? to - from : 0,
    };
}

/* Sums travel in the one form that equal sums have. */
static void put_sums(struct bytes *bytes, const struct layout *layout, struct sums *sums)
{
    sums_normalize(layout, sums);
    bytes_put(bytes, sums, layout->size);
}

void share_put_table(struct bytes *bytes, const struct table *table)
{
    const uint64_t count = table->count;
    bytes_put(bytes, &count, sizeof count);
    bytes_put(bytes, table->keys, table->count * sizeof *table->keys);
    for (size_t entry = 0; entry < table->count; entry++)
        bytes_put(bytes, table_entry(table, entry), table->results->layout.size);
}

enum status share_get_table(struct bytes *bytes, struct table *into)
{
    uint64_t count;
    bytes_get(bytes, &count, sizeof count);
    size_t keys_length = (size_t)count * sizeof *into->keys;
    size_t length = (size_t)count * into->results->layout.size;
    const char *const keys = bytes_take(bytes, &keys_length), *const entries =
                                                                  bytes_take(bytes, &length);
    enum table_status status = TABLE_FINE;
    struct sums *const block = sums_new(&into->results->layout, 1);
    for (size_t k = 0; k < count && !status && block; k++) {
        int64_t key;
        memcpy(&key, keys + k * sizeof key, sizeof key);
        memcpy(block, entries + k * into->results->layout.size, into->results->layout.size);
        const size_t entry = table_find(into, key, &status);
        if (!status)
            status = table_add(into, entry, block);
    }
    free(block);
    return engine_table_status(block ? status : TABLE_NO_MEMORY, into->most);
}

/* Those that memory was short for are missing there, too. */
static void put_hits(struct bytes *bytes, const struct hits *hits)
{
    const uint64_t count = hits->count;
    const uint32_t failed = hits->failed;
    bytes_put(bytes, &failed, sizeof failed);
    bytes_put(bytes, &count, sizeof count);
    if (count > 0)
        bytes_put(bytes, hits->at, hits->count * sizeof *hits->at);
}

/* False if memory is short. */
static bool get_hits(struct bytes *bytes, struct hits *hits)
{
    uint64_t count;
    uint32_t failed;
    bytes_get(bytes, &failed, sizeof failed);
    bytes_get(bytes, &count, sizeof count);
    hits->failed = failed;
    struct hit *const to = count > 0 ? hits_room(hits, (size_t)count) : NULL;
    if (!to)
        return count == 0;
    bytes_get(bytes, to, (size_t)count * sizeof *to);
    hits->count = (size_t)count;
    return true;
}

static void put_parts(struct bytes *bytes, const struct window *window, const struct span *span)
{
    const struct layout *const layout = window->layout;
    const struct pieces parts = parts_of(window, span);
    if (parts.head)
        put_sums(bytes, layout, span->edge.head);
    if (parts.tail)
        put_sums(bytes, layout, span->edge.tail);
    if (parts.count == 0)
        return;
    put_sums(bytes, layout, span->edge.whole);
    if (window->late)
        bytes_put(bytes, window_late(window, parts.first), parts.count * layout->size);
    else
        bytes_put(bytes, window_values(window, parts.first),
                  parts.count * window->slots * sizeof *window->values);
}

static void get_parts(struct bytes *bytes, struct window *window, const struct span *span)
{
    const struct layout *const layout = window->layout;
    const struct pieces parts = parts_of(window, span);
    if (parts.head)
        bytes_get(bytes, span->edge.head, layout->size);
    if (parts.tail)
        bytes_get(bytes, span->edge.tail, layout->size);
    if (parts.count == 0)
        return;
    bytes_get(bytes, span->edge.whole, layout->size);
    if (window->late)
        bytes_get(bytes, window_late(window, parts.first), parts.count * layout->size);
    else
        bytes_get(bytes, window_values(window, parts.first),
                  parts.count * window->slots * sizeof *window->values);
}

void share_put_span(struct bytes *bytes, const struct window *window, const struct span *span)
{
    bytes_put(bytes, &span->begin, sizeof span->begin);
    bytes_put(bytes, &span->end, sizeof span->end);
    put_parts(bytes, window, span);
    if (window->found)
        put_hits(bytes, &span->hits);
}

bool share_get_span(struct bytes *bytes, struct window *window, struct span *span)
{
    uint64_t begin;
    bytes_get(bytes, &begin, sizeof begin);
    if (!span_init(span, window->layout, begin))
        return false;
    bytes_get(bytes, &span->end, sizeof span->end);
    get_parts(bytes, window, span);
    if (!window->found || get_hits(bytes, &span->hits))
        return true;
    span_clear(span);
    return false;
}
