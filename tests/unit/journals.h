/* journals: what the tests of the journal share: a place for one, a run to record, and its truth.
 */
#ifndef PARSUM_JOURNALS_H
#define PARSUM_JOURNALS_H

#include "check.h"
#include "run/journal.h"
#include "run/journal_read.h"
#include "said.h"

#include <fcntl.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Where syncing costs nothing, if there is such a place. */
static char directory[] = "/dev/shm/parsum-test-XXXXXX";
static char path[64];

static char *const arguments[] = {"10", "20", "0", "5:5", "30"};
static const struct job_spec few = {.arguments = arguments, .argument_count = 4};
static const struct job_spec any = {.input = "/dev/null"};

static inline struct term term_of(enum exact_kind kind)
{
    return (struct term){.results = check_results(&kind, 1), .source = "i", .digest = 5};
}

/* A file in memory. */
struct contents {
    char *at;
    size_t count;
};

static inline struct contents read_all(const char *name)
{
    struct contents bytes = {malloc(1 << 20), 0};
    const int fd = open(name, O_RDONLY);
    assert_non_null(bytes.at);
    assert_true(fd >= 0);
    const ssize_t got = read(fd, bytes.at, (1 << 20) - 1);
    assert_true(got >= 0);
    bytes.count = (size_t)got;
    bytes.at[got] = '\0';
    close(fd);
    return bytes;
}

static inline void write_all(const char *bytes, size_t count)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, count), count);
    close(fd);
}

/* Does the file still hold just that? */
static inline bool holds(struct contents bytes)
{
    struct contents now = read_all(path);
    const bool same = now.count == bytes.count && memcmp(now.at, bytes.at, now.count) == 0;
    free(now.at);
    return same;
}

static inline int begin(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static inline enum status open_journal(struct journal **journal, const struct term *term,
                                       const struct job_spec *spec)
{
    struct job_source *source;
    assert_int_equal(job_source_open(&source, spec), STATUS_OK);
    const enum status status = journal_open(journal, path, term, source);
    job_source_close(source);
    return status;
}

/* Job number k of a run that is as good as any. */
static inline struct job job_of(uint64_t k)
{
    return (struct job){.start = (int64_t)(k * k), .end = (int64_t)(k * k + k)};
}

/* Numbers that are hard to write. */
static inline union value sum_of(enum exact_kind kind, uint64_t k)
{
    static const double reals[] = {0, -0.5, 1.0 / 3, 1e300, DBL_TRUE_MIN, -DBL_MAX, 1e-310};
    union value value = {.integer = 0};
    if (kind == EXACT_REAL)
        value.real = reals[k % 7];
    else if (k % 3 == 0)
        value.integer = (int128)((uint128)1 << 127);
    else
        value.integer = (int128)(INT64_MIN + 1000) * (k % 2 ? 1 : -(int128)k);
    return value;
}

/* Notes job number k. */
static inline enum status note_job(struct journal *journal, enum exact_kind kind, uint64_t k)
{
    const union value value = sum_of(kind, k);
    const struct job job = job_of(k);
    return journal_note(journal, &job, &value);
}

/* Its sums are valid until the next call. */
static inline struct journal_state state_of(enum exact_kind kind, uint64_t jobs, bool begun)
{
    static struct check_sums total, sum;
    struct journal_state state = {
        .jobs = jobs, .total = check_empty(&total), .sum = check_empty(&sum)};
    if (jobs == 0)
        return state;
    if (kind == EXACT_REAL) {
        superacc_add(sums_real(state.total), DBL_MAX);
        superacc_add(sums_real(state.total), -DBL_TRUE_MIN * (double)jobs);
        superacc_add(sums_real(state.sum), 0.1);
    } else if (kind == EXACT_INTEGER) {
        *sums_integer(state.total) = (int128)jobs * UINT64_MAX;
        *sums_integer(state.sum) = -7;
    } else {
        *sums_wide(state.total) =
            (struct exact_wide){(int128)jobs * UINT64_MAX, -(int128)jobs * INT64_MAX};
        *sums_wide(state.sum) = (struct exact_wide){-7, -8};
    }
    if (begun) {
        state.next = journal_job_of(job_of(jobs + 1));
        state.terms = jobs;
    }
    return state;
}

/* Writes a journal with `checkpoints` of them, three jobs before each. */
static inline void write_journal(enum exact_kind kind, uint64_t checkpoints, bool begun)
{
    struct journal *journal;
    const struct term term = term_of(kind);
    unlink(path);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    for (uint64_t c = 0, job = 0; c <= checkpoints; c++) {
        for (int k = 0; c > 0 && k < 3; k++) {
            job++;
            assert_int_equal(note_job(journal, kind, job), STATUS_OK);
        }
        const struct journal_state state = state_of(kind, job, begun && job > 0);
        assert_int_equal(journal_checkpoint(journal, &state), STATUS_OK);
    }
    assert_int_equal(journal_close(journal), STATUS_OK);
}

/* Does the journal tell the truth about the jobs of write_journal? And about how many? */
static inline void check_truth(struct journal *journal, enum exact_kind kind, bool begun,
                               uint64_t *jobs)
{
    struct job_source *source;
    assert_int_equal(job_source_open(&source, &any), STATUS_OK);
    *jobs = 0;
    while (journal_knows(journal) == JOURNAL_FINISHED) {
        union value sum, expected = sum_of(kind, ++*jobs);
        assert_int_equal(journal_recall(journal, source, job_of(*jobs), &sum), STATUS_OK);
        if (kind == EXACT_REAL)
            assert_memory_equal(&sum.real, &expected.real, sizeof sum.real);
        else
            assert_int128_equal(sum.integer, expected.integer);
    }
    const struct journal_state *const state = journal_state(journal);
    const struct layout layout = layout_of(&kind, 1);
    const struct journal_state expected = state_of(kind, *jobs, begun && *jobs > 0);
    assert_int_equal(state->jobs, *jobs);
    assert_int_equal(state->terms, expected.terms);
    assert_true(sums_equal(&layout, state->total, expected.total));
    if (expected.terms > 0) {
        assert_int_equal(journal_knows(journal), JOURNAL_BEGUN);
        assert_true(sums_equal(&layout, state->sum, expected.sum));
        assert_int_equal(journal_recall(journal, source, job_of(*jobs + 1), NULL), STATUS_OK);
    }
    assert_int_equal(journal_knows(journal), JOURNAL_NOTHING);
    job_source_close(source);
}

static inline int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory)) {
        strcpy(directory, "/tmp/parsum-test-XXXXXX");
        if (!mkdtemp(directory))
            return -1;
    }
    snprintf(path, sizeof path, "%s/journal", directory);
    return 0;
}

static inline int remove_directory(void **state)
{
    (void)state;
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

#define JOURNAL_TEST(name) cmocka_unit_test_setup(name, begin)

#endif
