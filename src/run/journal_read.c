#include "run/journal_read.h"

#include "base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status damaged(const struct journal_read *read, off_t offset)
{
    return error_set(STATUS_FAILED,
                     "%s: damaged at byte %lld: what is there is not what was written; put back a "
                     "copy of it, or begin anew with another --journal",
                     read->name, (long long)offset);
}

static enum status unreadable(const struct journal_read *read)
{
    return error_set(STATUS_FAILED, "%s: reading failed: %s", read->name, strerror(errno));
}

/* Words of a record, parted by single blanks: each is cut out of the text as it is taken. */
static char *take_word(char **at)
{
    char *const word = *at;
    char *const end = word + strcspn(word, " ");
    *at = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool take(char **at, const char *expected)
{
    return strcmp(take_word(at), expected) == 0;
}

static bool parse_number(const char *text, size_t length, uint64_t *number)
{
    int64_t value;
    if (number_parse(text, length, &value) != NUMBER_OK || value < 0)
        return false;
    *number = (uint64_t)value;
    return true;
}

static bool take_number(char **at, uint64_t *number)
{
    const char *const word = take_word(at);
    return parse_number(word, strlen(word), number);
}

/* "START:END" or "START:END:DIGEST" */
static bool parse_job(const char *text, size_t length, struct journal_job *job)
{
    const char *const end = text + length;
    const char *const colon = memchr(text, ':', length);
    if (!colon)
        return false;
    const char *const second = memchr(colon + 1, ':', (size_t)(end - colon - 1));
    const char *const stop = second ? second : end;
    job->columns = 0;
    if (second && end - second != 17)
        return false;
    for (const char *at = second ? second + 1 : end; at < end; at++) {
        const char *const digit = strchr("0123456789abcdef", *at);
        if (!digit || !*at)
            return false;
        job->columns = job->columns << 4 | (uint64_t)(digit - "0123456789abcdef");
    }
    return number_parse(text, (size_t)(colon - text), &job->start) == NUMBER_OK &&
           number_parse(colon + 1, (size_t)(stop - colon - 1), &job->end) == NUMBER_OK;
}

static bool take_job(char **at, struct journal_job *job)
{
    const char *const word = take_word(at);
    return parse_job(word, strlen(word), job);
}

/* "keys 0=12 1=7": a part of the table. */
static bool parse_keys(char *text, struct table *table)
{
    char *at = text + strlen(JOURNAL_KEYS " ");
    if (!table || strncmp(text, JOURNAL_KEYS " ", strlen(JOURNAL_KEYS " ")) != 0)
        return false;
    while (*at) {
        char *const word = take_word(&at), *const equals = strchr(word, '=');
        enum table_status status = TABLE_FINE;
        const size_t before = table->count;
        int64_t key;
        if (!equals || number_parse(word, (size_t)(equals - word), &key) != NUMBER_OK)
            return false;
        const size_t entry = table_find(table, key, &status);
        if (status || table->count == before)
            return false;
        struct sums *const block = table_entry(table, entry);
        if (!sums_load(&table->results->layout, equals + 1, block) ||
            table_add(table, entry, block))
            return false;
    }
    return true;
}

/* The number of keys, at the end of a checkpoint of a term that is keyed. */
static bool parse_key_count(char **at, struct journal_state *state)
{
    return !state->table || (take(at, "keys") && take_number(at, &state->keys));
}

/*
 * "checkpoint 7 jobs 2 total 99", and if a job has begun "next 0:90 terms 40 sum 780", and of a
 * term that is keyed "keys 3".
 */
static bool parse_checkpoint(char *text, const struct layout *layout, uint64_t *sequence,
                             struct journal_state *state)
{
    char *at = text;
    if (!take(&at, "checkpoint") || !take_number(&at, sequence) || !take(&at, "jobs") ||
        !take_number(&at, &state->jobs) || !take(&at, "total") ||
        !sums_load(layout, take_word(&at), state->total))
        return false;
    state->terms = 0;
    if (strncmp(at, "next ", strlen("next ")) != 0)
        return parse_key_count(&at, state) && !*at;
    return take(&at, "next") && take_job(&at, &state->next) && take(&at, "terms") &&
           take_number(&at, &state->terms) && take(&at, "sum") &&
           sums_load(layout, take_word(&at), state->sum) && parse_key_count(&at, state) && !*at &&
           state->terms > 0 &&
           state->terms < job_terms((struct job){state->next.start, state->next.end, NULL});
}

static const char done_word[] = "done ";

bool journal_read_is_done(const char *text)
{
    return strncmp(text, done_word, strlen(done_word)) == 0;
}

/* "done 17 0:10=45 0:20=190": its jobs are counted on, if it begins with the next one. */
static bool count_done(const char *text, uint64_t *jobs)
{
    if (!journal_read_is_done(text))
        return false;
    text += strlen(done_word);
    const size_t length = strcspn(text, " ");
    uint64_t first;
    if (!parse_number(text, length, &first) || first != *jobs + 1)
        return false;
    for (text += length; *text; text++)
        *jobs += *text == ' ';
    return *jobs >= first;
}

bool journal_read_is_hits(const char *text)
{
    return strncmp(text, JOURNAL_HITS " ", strlen(JOURNAL_HITS " ")) == 0;
}

/* "hits 1:5=1 1:13=1": they are counted on. */
static bool count_hits(const struct journal_read *read, const char *text, int128 *hits)
{
    if (!read->listed || !journal_read_is_hits(text))
        return false;
    for (text += strlen(JOURNAL_HITS); *text; text++)
        *hits += *text == ' ';
    return true;
}

/* What is wrong with a journal that begins otherwise than the one of this run. */
static enum status refuse(const struct journal_read *read, int line, const char *its,
                          const char *expected)
{
    if (line == 0)
        return error_set(STATUS_USAGE,
                         "%s: has the format \"%.80s\", and this parsum writes \"%s\"; take the "
                         "parsum that wrote it, or another --journal",
                         read->name, its, expected);
    /* "data DIGESTS, jobs ...": do the digests differ alone? */
    const char *const rest = strstr(its, ", jobs "), *const other = strstr(expected, ", jobs ");
    return error_set(
        STATUS_USAGE,
        rest && other && strcmp(rest, other) == 0
            ? "%s: is the journal of a run over other data: a file of --data has "
              "changed (\"%.300s\" there, \"%.300s\" here); give the data of that run, "
              "or another --journal"
            : "%s: is the journal of another run: it has \"%.300s\", this one "
              "\"%.300s\"; give the options of that run, or another --journal",
        read->name, its, expected);
}

/* The first bytes of the file, as many as there are; false if they can't be read. */
static bool read_begin(const struct journal_read *read, char *begin, size_t size)
{
    for (size_t held = 0; held < size;) {
        const ssize_t got = pread(read->records.fd, begin + held, size - held, (off_t)held);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        held += (size_t)got;
    }
    return true;
}

/*
 * Does a record that tells runs apart say the same as this run's? What makes a term another one is
 * its digest, the second word: the text behind that is for people, and names a file as it was
 * typed.
 */
static bool same_identity(int line, const char *its, const char *expected)
{
    if (line != JOURNAL_TERM)
        return strcmp(its, expected) == 0;
    const size_t length = strlen("term ") + 16 + strlen(" ");
    return strncmp(its, expected, length) == 0;
}

static enum status check_identity(struct journal_read *read,
                                  const struct journal_identity *identity)
{
    static const char magic[] = "parsum journal ";
    char begin[sizeof magic - 1] = "";
    if (!read_begin(read, begin, sizeof begin))
        return unreadable(read);
    if (memcmp(begin, magic, sizeof begin) != 0)
        return error_set(STATUS_USAGE, "%s: is a file, but no journal; give another --journal",
                         read->name);
    for (int line = 0; line < JOURNAL_IDENTITY; line++) {
        char *text;
        size_t length;
        const enum record_next next = record_read(&read->records, &text, &length);
        if (next == RECORD_FAILED)
            return unreadable(read);
        if (next != RECORD_READ)
            return damaged(read, read->records.offset);
        if (!same_identity(line, text, identity->lines[line]))
            return refuse(read, line, text, identity->lines[line]);
    }
    return STATUS_OK;
}

/*
 * The record just read is not one that can follow the last checkpoint. It is excused if it belongs
 * to the last append, which a crash may have left in any state: then nothing comes after that
 * append, that is, no second checkpoint, and nothing behind the first.
 */
static enum status check_tail(struct journal_read *read, enum record_next next)
{
    const off_t bad = read->records.offset;
    bool last = false; /* the append's own checkpoint was seen */
    char *text;
    size_t length;
    if (next == RECORD_READ)
        return damaged(read, bad); /* sound, but in the wrong place */
    while ((next = record_read(&read->records, &text, &length)) != RECORD_END) {
        uint64_t sequence;
        if (next == RECORD_FAILED)
            return unreadable(read);
        if (last)
            return damaged(read, bad);
        if (next == RECORD_READ &&
            parse_checkpoint(text, &read->results->layout, &sequence, &read->next)) {
            if (sequence != read->sequence + 1)
                return damaged(read, bad);
            last = true;
        }
    }
    return STATUS_OK;
}

/* Goes through what follows the identity, up to where it is sound. */
static enum status scan(struct journal_read *read)
{
    uint64_t jobs = 0;
    int128 hits = 0;
    for (;;) {
        char *text;
        size_t length;
        const enum record_next next = record_read(&read->records, &text, &length);
        if (next == RECORD_END)
            return STATUS_OK;
        if (next == RECORD_FAILED)
            return unreadable(read);
        if (next == RECORD_READ && (count_done(text, &jobs) || count_hits(read, text, &hits) ||
                                    parse_keys(text, read->next.table)))
            continue;
        struct journal_state *const state = &read->next;
        uint64_t sequence;
        if (next == RECORD_BAD ||
            !parse_checkpoint(text, &read->results->layout, &sequence, state) ||
            sequence != read->sequence + 1 || state->jobs != jobs ||
            (state->table && state->keys != state->table->count) ||
            (read->listed && *sums_integer(state->total) != hits))
            return check_tail(read, next);
        const struct journal_state before = read->state;
        read->state = *state;
        *state = before;
        read->sequence = sequence;
        read->end = read->records.next;
        if (state->table)
            table_empty(state->table);
    }
}

enum status journal_read_init(struct journal_read *read, const char *name,
                              const struct results *results, const struct results *by_key)
{
    const struct layout *const layout = &results->layout;
    read->name = name;
    read->results = results;
    read->sequence = 0;
    read->at = NULL;
    read->listed = false;
    read->hit_records = NULL;
    read->tables[0] = read->tables[1] = (struct table){0};
    read->blocks = sums_new(layout, 4);
    if (!read->blocks)
        return error_set(STATUS_FAILED, "%s: out of memory for the journal", name);
    read->state =
        (struct journal_state){.total = read->blocks, .sum = sums_block(layout, read->blocks, 1)};
    read->next = (struct journal_state){.total = sums_block(layout, read->blocks, 2),
                                        .sum = sums_block(layout, read->blocks, 3)};
    for (int k = 0; by_key && k < 2; k++)
        read->tables[k] = (struct table){.results = by_key, .most = INT32_MAX};
    read->state.table = by_key ? &read->tables[0] : NULL;
    read->next.table = by_key ? &read->tables[1] : NULL;
    return STATUS_OK;
}

void journal_read_clear(struct journal_read *read)
{
    free(read->blocks);
    free(read->hit_records);
    read->hit_records = NULL;
    table_clear(&read->tables[0]);
    table_clear(&read->tables[1]);
}

enum status journal_read_open(struct journal_read *read, int fd,
                              const struct journal_identity *identity)
{
    record_start(&read->records, fd);
    enum status status = check_identity(read, identity);
    if (status)
        return status;
    read->end = read->records.next;
    status = scan(read);
    if (status)
        return status;
    if (read->records.next != read->end)
        error_note("%s: from byte %lld on the last record is incomplete: it is dropped", read->name,
                   (long long)read->end);
    record_start(&read->records, fd);
    if (read->listed) {
        record_start(read->hit_records, fd);
        read->hits_left = (uint64_t)*sums_integer(read->state.total);
    }
    return STATUS_OK;
}

/* Makes the next record of finished jobs the one in hand. */
static enum status next_done(struct journal_read *read)
{
    char *text;
    size_t length;
    do {
        const enum record_next next = record_read(&read->records, &text, &length);
        if (next == RECORD_FAILED)
            return unreadable(read);
        if (next != RECORD_READ)
            return damaged(read, read->records.offset);
    } while (!journal_read_is_done(text));
    read->at = text + strlen(done_word);
    take_word(&read->at); /* the first one's number */
    return STATUS_OK;
}

/* "START:END=SUM" */
enum status journal_read_job(struct journal_read *read, struct journal_job *job,
                             union value *values)
{
    if (!read->at || !*read->at) {
        const enum status status = next_done(read);
        if (status)
            return status;
    }
    const char *const word = take_word(&read->at);
    const char *const equals = strchr(word, '=');
    if (!equals || !parse_job(word, (size_t)(equals - word), job) ||
        !results_load(read->results, equals + 1, values))
        return damaged(read, read->records.offset);
    return STATUS_OK;
}

enum status journal_read_want_hits(struct journal_read *read, enum exact_kind kind)
{
    read->listed = true;
    read->hit_kind = kind;
    read->hits_left = 0;
    read->has_hit = false;
    read->hits_at = NULL;
    read->hit_records = malloc(sizeof *read->hit_records);
    return read->hit_records
               ? STATUS_OK
               : error_set(STATUS_FAILED, "%s: out of memory for the journal", read->name);
}

/* "RUN:I=VALUE" */
static bool parse_hit(const struct journal_read *read, const char *text, struct hit *hit)
{
    const char *const colon = strchr(text, ':'), *const equals = colon ? strchr(colon, '=') : NULL;
    return equals && parse_number(text, (size_t)(colon - text), &hit->run) &&
           number_parse(colon + 1, (size_t)(equals - colon - 1), &hit->i) == NUMBER_OK &&
           exact_load_value(read->hit_kind, equals + 1, &hit->value);
}

/* Reads the next hit, of which there is one, into read->hit. */
static enum status next_hit(struct journal_read *read)
{
    while (!read->hits_at || !*read->hits_at) {
        char *text;
        size_t length;
        const enum record_next next = record_read(read->hit_records, &text, &length);
        if (next == RECORD_FAILED)
            return unreadable(read);
        if (next != RECORD_READ)
            return damaged(read, read->hit_records->offset);
        if (journal_read_is_hits(text))
            read->hits_at = text + strlen(JOURNAL_HITS " ");
    }
    read->has_hit = parse_hit(read, take_word(&read->hits_at), &read->hit);
    return read->has_hit ? STATUS_OK : damaged(read, read->hit_records->offset);
}

enum status journal_read_hit(struct journal_read *read, uint64_t run, struct hit *hit, bool *found)
{
    enum status status = STATUS_OK;
    *found = false;
    if (!read->has_hit && read->hits_left > 0)
        status = next_hit(read);
    if (status || !read->has_hit || read->hit.run != run)
        return status;
    *found = true;
    *hit = read->hit;
    read->has_hit = false;
    read->hits_left--;
    return STATUS_OK;
}
