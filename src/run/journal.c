#include "run/journal.h"

#include "base/clock.h"
#include "base/digest.h"
#include "run/journal_file.h"
#include "run/journal_read.h"
#include "base/number.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often to make a checkpoint: what a crash may cost. */
#define INTERVAL_NS 1000000000u

/* Checkpoints take at most so many times less than the run itself. */
#define COST 20

/* A record of finished jobs is ended once it is longer than this, in bytes. */
#define DONE_TEXT 4000

/* Checkpoints that are out of date may take this much, in bytes, before they are thrown out: a few
   minutes' worth. */
#define STALE_MIN 65536

struct journal {
    const char *name;
    const struct results *results;
    const struct results *by_key; /* of a term that is keyed; else NULL */
    struct journal_identity identity;
    struct journal_file file;
    struct journal_read read;
    uint64_t recalled; /* finished jobs that were taken from `read` */

    uint64_t jobs;     /* that were noted */
    uint64_t sequence; /* number of the last checkpoint */
    uint64_t due_ns;   /* when the next one should be made */
    /* Bytes in the file: records that are needed, checkpoints that are not, the last checkpoint. */
    uint64_t live, stale, last;
    size_t filled;            /* bytes in the block, still to be written */
    size_t line;              /* where its open record begins; at `filled` if none is open */
    enum exact_kind hit_kind; /* of a term that is a list */
    bool listed;              /* it is one */
    bool begun;               /* the job that had begun was taken from `read`, too */
    bool hits;                /* the open record is one of hits, not of finished jobs */
    char block[4 * RECORD_TEXT];
};

/* What is in the arrays that the term reads: a digest of all, and what there is room for. */
static int describe_data(char *line, const struct data *data)
{
    uint64_t digest = DIGEST_START;
    for (size_t k = 0; k < data->count; k++)
        digest = digest_add(digest, &data->array[k].digest, sizeof data->array[k].digest);
    int length = sprintf(line, "data %016" PRIx64, digest);
    for (size_t k = 0; k < data->count && length < JOURNAL_IDENTITY_TEXT / 4; k++)
        length +=
            sprintf(line + length, " %s %016" PRIx64, data->array[k].name, data->array[k].digest);
    return length + sprintf(line + length, ", ");
}

/* False if memory is short. */
static bool identify_jobs(char *line, const struct data *data, struct job_source *source)
{
    const struct columns *const columns = job_source_columns(source);
    const int before = data && data->count > 0 ? describe_data(line, data) : 0;
    const int length = before + snprintf(line + before, JOURNAL_IDENTITY_TEXT - (size_t)before,
                                         "jobs %s", job_source_describe(source));
    if (columns->count == 0)
        return true;
    char *const text = columns_describe(columns);
    if (text)
        snprintf(line + length, JOURNAL_IDENTITY_TEXT - (size_t)length,
                 ", columns %016" PRIx64 " %s", digest_add(DIGEST_START, text, strlen(text)), text);
    const bool made = text != NULL;
    free(text);
    return made;
}

/* False if memory is short. */
static bool identify(struct journal_identity *identity, const struct term *term,
                     struct job_source *source)
{
    snprintf(identity->lines[0], JOURNAL_IDENTITY_TEXT, "parsum journal 1");
    char seed[32] = "";
    if (term->draws)
        snprintf(seed, sizeof seed, "seed %" PRId64 " ", (int64_t)term->seed);
    snprintf(identity->lines[JOURNAL_TERM], JOURNAL_IDENTITY_TEXT, "term %016" PRIx64 " %s%s",
             term->digest, seed, term->source);
    if (term->find)
        sprintf(identity->lines[2], "kind list %s", exact_kind_name(term->hit_kind));
    else
        results_describe(term->by_key ? term->by_key : term->results,
                         stpcpy(identity->lines[2], term->by_key ? "kind by key " : "kind "));
    for (char *at = identity->lines[JOURNAL_TERM]; *at; at++) /* the term may have several lines */
        if ((unsigned char)*at < ' ')
            *at = ' ';
    return identify_jobs(identity->lines[3], term->data, source);
}

static enum status flush(struct journal *journal)
{
    const size_t count = journal->filled;
    journal->filled = journal->line = 0;
    return journal_file_write(&journal->file, journal->block, count);
}

/* Makes room for a record in the block, and opens it. */
static enum status open_record(struct journal *journal)
{
    const bool fits = journal->filled + RECORD_TEXT + RECORD_SEAL <= sizeof journal->block;
    return fits ? STATUS_OK : flush(journal);
}

/* Ends the open record. Returns its length, in bytes. */
static size_t close_record(struct journal *journal)
{
    if (journal->filled == journal->line)
        return 0;
    record_seal(journal->block + journal->line, journal->filled - journal->line);
    journal->filled += RECORD_SEAL;
    const size_t length = journal->filled - journal->line;
    journal->line = journal->filled;
    return length;
}

static void put(struct journal *journal, const char *text)
{
    const size_t length = strlen(text);
    memcpy(journal->block + journal->filled, text, length);
    journal->filled += length;
}

static void put_number(struct journal *journal, int64_t number)
{
    char *const at = journal->block + journal->filled;
    journal->filled += (size_t)(number_print(number, at) - at);
}

struct journal_job journal_job_of(struct job job)
{
    const uint64_t columns =
        job.row ? digest_add(DIGEST_START, job.row->numbers, job.row->size - sizeof *job.row) : 0;
    return (struct journal_job){job.start, job.end, columns + (job.row && columns == 0)};
}

/* "START:END", and ":DIGEST" if it has columns. Without printf: a tiny job costs little more. */
static char *print_job(struct journal_job job, char *at)
{
    at = number_print(job.start, at);
    *at++ = ':';
    at = number_print(job.end, at);
    return job.columns ? at + sprintf(at, ":%016" PRIx64, job.columns) : at;
}

static void put_job(struct journal *journal, struct journal_job job)
{
    char *const at = journal->block + journal->filled;
    journal->filled += (size_t)(print_job(job, at) - at);
}

static void put_sums(struct journal *journal, const struct sums *sums)
{
    char *const at = journal->block + journal->filled;
    journal->filled += (size_t)(sums_save(&journal->results->layout, sums, at) - at);
}

/* Begins a fresh file with what tells this run from another. */
static enum status begin(struct journal *journal)
{
    enum status status = journal_file_begin(&journal->file);
    journal->live = journal->stale = journal->last = 0;
    journal->sequence = 0;
    for (int line = 0; !status && line < JOURNAL_IDENTITY; line++) {
        status = open_record(journal);
        put(journal, journal->identity.lines[line]);
        journal->live += close_record(journal);
    }
    return status;
}

enum status journal_open(struct journal **opened, const char *name, const struct term *term,
                         struct job_source *source)
{
    struct journal *const journal = calloc(1, sizeof *journal);
    if (!journal)
        return error_set(STATUS_FAILED, "%s: out of memory for the journal", name);
    journal->name = name;
    journal->results = term->results;
    journal->by_key = term->by_key;
    journal->listed = term->find != NULL;
    journal->hit_kind = term->hit_kind;
    if (!identify(&journal->identity, term, source)) {
        free(journal);
        return error_set(STATUS_FAILED, "%s: out of memory for the journal", name);
    }
    enum status status = journal_file_open(&journal->file, name);
    if (!status) /* refuses what is another user's before it is read */
        status = begin(journal);
    if (!status)
        status = journal_read_init(&journal->read, name, journal->results, journal->by_key);
    if (!status && journal->listed)
        status = journal_read_want_hits(&journal->read, journal->hit_kind);
    if (!status && !journal_file_is_empty(&journal->file))
        status = journal_read_open(&journal->read, journal->file.fd, &journal->identity);
    if (!status) {
        *opened = journal;
        return STATUS_OK;
    }
    const enum status closed = journal_close(journal);
    (void)closed; /* there is a worse fault */
    return status;
}

enum journal_knows journal_knows(const struct journal *journal)
{
    const struct journal_state *const state = &journal->read.state;
    if (journal->recalled < state->jobs)
        return JOURNAL_FINISHED;
    return state->terms > 0 && !journal->begun ? JOURNAL_BEGUN : JOURNAL_NOTHING;
}

const struct journal_state *journal_state(const struct journal *journal)
{
    return &journal->read.state;
}

enum status journal_recall(struct journal *journal, struct job_source *source, struct job job,
                           union value *values)
{
    const struct journal_job is = journal_job_of(job);
    struct journal_job expected = journal->read.state.next;
    if (journal_knows(journal) == JOURNAL_FINISHED) {
        const enum status status = journal_read_job(&journal->read, &expected, values);
        if (status)
            return status;
        journal->recalled++;
    } else {
        journal->begun = true;
    }
    if (is.start == expected.start && is.end == expected.end && is.columns == expected.columns)
        return STATUS_OK;
    if (is.start == expected.start && is.end == expected.end)
        return error_set(STATUS_USAGE,
                         "%s: has other columns than the run of the journal %s has there; give the "
                         "jobs of that run, or another --journal",
                         job_source_place(source), journal->name);
    return error_set(STATUS_USAGE,
                     "%s: is job %" PRId64 ":%" PRId64 ", but %s is the journal of a run that has "
                     "%" PRId64 ":%" PRId64 " there; give the jobs of that run, or another "
                     "--journal",
                     job_source_place(source), job.start, job.end, journal->name, expected.start,
                     expected.end);
}

enum status journal_refuse_end(const struct journal *journal, struct job_source *source)
{
    const struct journal_state *const state = &journal->read.state;
    return error_set(STATUS_USAGE,
                     "%s: there the jobs end, but %s is the journal of a run that has %" PRIu64
                     " at least; give the jobs of that run, or another --journal",
                     job_source_place(source), journal->name, state->jobs + (state->terms > 0));
}

/* Without printf and copies: a tiny job costs no more than this. */
static void put_done(struct journal *journal, const struct job *job, const union value *values)
{
    char *at = journal->block + journal->filled;
    *at++ = ' ';
    at = print_job(journal_job_of(*job), at);
    *at++ = '=';
    at = results_save(journal->results, values, at);
    journal->filled = (size_t)(at - journal->block);
}

enum status journal_note(struct journal *journal, const struct job *job, const union value *values)
{
    journal->jobs++;
    if (journal->hits)
        journal->live += close_record(journal);
    journal->hits = false;
    if (journal->filled == journal->line) {
        const enum status status = open_record(journal);
        if (status)
            return status;
        put(journal, "done ");
        put_number(journal, (int64_t)journal->jobs);
    }
    put_done(journal, job, values);
    if (journal->filled - journal->line > DONE_TEXT)
        journal->live += close_record(journal);
    return STATUS_OK;
}

enum status journal_recall_hit(struct journal *journal, uint64_t run, struct hit *hit, bool *found)
{
    return journal_read_hit(&journal->read, run, hit, found);
}

enum status journal_note_hit(struct journal *journal, const struct hit *hit)
{
    if (!journal->hits)
        journal->live += close_record(journal);
    journal->hits = true;
    if (journal->filled == journal->line) {
        const enum status status = open_record(journal);
        if (status)
            return status;
        put(journal, JOURNAL_HITS);
    }
    put(journal, " ");
    put_number(journal, (int64_t)hit->run);
    put(journal, ":");
    put_number(journal, hit->i);
    put(journal, "=");
    char *const at = journal->block + journal->filled;
    journal->filled += (size_t)(exact_save_value(journal->hit_kind, hit->value, at) - at);
    if (journal->filled - journal->line > DONE_TEXT)
        journal->live += close_record(journal);
    return STATUS_OK;
}

/* Begins a fresh file with all finished jobs and hits of the one in hand: most of that is out of
 * date. */
static enum status compact(struct journal *journal)
{
    enum status status = flush(journal);
    record_start(&journal->read.records, journal->file.fd);
    if (!status)
        status = begin(journal);
    while (!status) {
        char *text;
        size_t length;
        const enum record_next next = record_read(&journal->read.records, &text, &length);
        if (next == RECORD_END)
            return STATUS_OK;
        if (next != RECORD_READ)
            return error_set(STATUS_FAILED, "%s: what was written to it can't be read back",
                             journal->name);
        if (!journal_read_is_done(text) && !journal_read_is_hits(text))
            continue;
        status = open_record(journal);
        memcpy(journal->block + journal->filled, text, length);
        journal->filled += length;
        journal->live += close_record(journal);
    }
    return status;
}

/* All of a table, in records that count once the checkpoint follows. */
static enum status put_table(struct journal *journal, const struct table *table)
{
    enum status status = STATUS_OK;
    for (size_t entry = 0; entry < table->count && !status; entry++) {
        if (journal->filled == journal->line) {
            status = open_record(journal);
            put(journal, JOURNAL_KEYS);
        }
        put(journal, " ");
        put_number(journal, table->keys[entry]);
        put(journal, "=");
        char *const at = journal->block + journal->filled;
        journal->filled +=
            (size_t)(sums_save(&table->results->layout, table_entry(table, entry), at) - at);
        if (journal->filled - journal->line > DONE_TEXT)
            journal->last += close_record(journal);
    }
    journal->last += close_record(journal);
    return status;
}

static enum status put_checkpoint(struct journal *journal, const struct journal_state *state)
{
    journal->stale += journal->last;
    journal->last = 0;
    enum status status = state->table ? put_table(journal, state->table) : STATUS_OK;
    if (!status)
        status = open_record(journal);
    put(journal, "checkpoint ");
    put_number(journal, (int64_t)++journal->sequence);
    put(journal, " jobs ");
    put_number(journal, (int64_t)state->jobs);
    put(journal, " total ");
    put_sums(journal, state->total);
    if (state->terms > 0) {
        put(journal, " next ");
        put_job(journal, state->next);
        put(journal, " terms ");
        put_number(journal, (int64_t)state->terms);
        put(journal, " sum ");
        put_sums(journal, state->sum);
    }
    if (state->table) {
        put(journal, " keys ");
        put_number(journal, (int64_t)state->table->count);
    }
    journal->last += close_record(journal);
    return status;
}

enum status journal_checkpoint(struct journal *journal, const struct journal_state *state)
{
    const uint64_t begin_ns = clock_ns();
    enum status status = STATUS_OK;
    journal->live += close_record(journal);
    if (journal->stale > STALE_MIN && journal->stale > journal->live)
        status = compact(journal);
    if (!status)
        status = put_checkpoint(journal, state);
    if (!status)
        status = flush(journal);
    if (!status)
        status = journal_file_sync(&journal->file);
    const uint64_t now_ns = clock_ns(), cost_ns = now_ns - begin_ns;
    journal->due_ns = now_ns + INTERVAL_NS;
    if (cost_ns > INTERVAL_NS / COST) /* a large table */
        journal->due_ns = now_ns + COST * cost_ns;
    return status;
}

uint64_t journal_due_ns(const struct journal *journal)
{
    return journal->due_ns;
}

const char *journal_name(const struct journal *journal)
{
    return journal->name;
}

enum status journal_close(struct journal *journal)
{
    if (!journal)
        return STATUS_OK;
    const enum status status = journal_file_close(&journal->file);
    journal_read_clear(&journal->read);
    free(journal);
    return status;
}
