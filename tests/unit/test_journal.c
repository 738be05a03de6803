/* What a journal keeps, and for whom. */
#include "journals.h"

static void all_kinds_of_sums_come_back_as_they_were(void **state)
{
    (void)state;
    for (int kind = EXACT_INTEGER; kind <= EXACT_REAL; kind++) {
        for (int begun = 0; begun < 2; begun++) {
            struct journal *journal;
            const struct term term = term_of((enum exact_kind)kind);
            uint64_t jobs;
            write_journal((enum exact_kind)kind, 700, begun);
            assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
            check_truth(journal, (enum exact_kind)kind, begun, &jobs);
            assert_int_equal(jobs, 2100);
            assert_int_equal(journal_close(journal), STATUS_OK);
        }
    }
}

static void jobs_without_a_checkpoint_do_not_count(void **state)
{
    (void)state;
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
    assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);
    for (uint64_t k = 1; k < 100000; k++) /* more than a block, so some are in the file */
        assert_int_equal(note_job(journal, EXACT_INTEGER, k), STATUS_OK);
    assert_int_equal(journal_close(journal), STATUS_OK);
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    assert_contains(said(), "the last record is incomplete: it is dropped");
    assert_int_equal(journal_knows(journal), JOURNAL_NOTHING);
    assert_int_equal(journal_close(journal), STATUS_OK);
}

static void the_journal_of_another_run_is_refused_and_left_alone(void **state)
{
    (void)state;
    struct journal *journal;
    struct term term = term_of(EXACT_INTEGER);
    assert_int_equal(open_journal(&journal, &term, &few), STATUS_OK);
    const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
    assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);
    assert_int_equal(journal_close(journal), STATUS_OK);
    struct contents file = read_all(path);

    struct job_spec five = few, random = {.random = 4, .below = 20, .seed = 1};
    five.argument_count = 5;
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &five), STATUS_USAGE);
    assert_contains(said(), "it has \"jobs 4 arguments");
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &random), STATUS_USAGE);
    assert_contains(said(), "this one \"jobs random 4, below 20, seed 1, start 0\"");
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_USAGE);
    term.source = "i*N with N=3";
    term.digest++;
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &few), STATUS_USAGE);
    assert_contains(said(), "i*N with N=3");
    term = term_of(EXACT_REAL);
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &few), STATUS_USAGE);
    assert_contains(said(), "it has \"kind integer\", this one \"kind real\"");
    assert_true(holds(file));
    free(file.at);
}

static void several_sums_are_kept_together(void **state)
{
    (void)state;
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_INTEGER, EXACT_REAL), .source = "i, x", .digest = 5};
    const union value values[] = {{.integer = -3}, {.real = 0.1}};
    struct check_sums total, sum;
    const struct journal_state kept = {.jobs = 1,
                                       .total = check_empty(&total),
                                       .terms = 5,
                                       .next = journal_job_of(job_of(9)),
                                       .sum = check_empty(&sum)};
    *sums_integer(kept.total) = 7;
    superacc_add(sums_at(&term.results->layout, kept.sum, 1), 1e300);
    struct journal *journal;
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    const struct job noted = job_of(1);
    assert_int_equal(journal_note(journal, &noted, values), STATUS_OK);
    assert_int_equal(journal_checkpoint(journal, &kept), STATUS_OK);
    assert_int_equal(journal_close(journal), STATUS_OK);
    struct contents file = read_all(path);
    assert_contains(file.at, "kind integer,real ");
    assert_contains(file.at, "done 1 1:2=-3,0x1.999999999999ap-4 ");
    free(file.at);

    struct job_source *source;
    union value again[2];
    assert_int_equal(job_source_open(&source, &any), STATUS_OK);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    assert_int_equal(journal_recall(journal, source, job_of(1), again), STATUS_OK);
    assert_int128_equal(again[0].integer, -3);
    assert_true(again[1].real == 0.1);
    const struct journal_state *const found = journal_state(journal);
    assert_int_equal(found->terms, 5);
    assert_true(sums_equal(&term.results->layout, found->total, kept.total));
    assert_true(sums_equal(&term.results->layout, found->sum, kept.sum));
    assert_int_equal(journal_close(journal), STATUS_OK);
    job_source_close(source);
}

/* A job with that text as its column. */
static struct job named_job(const struct columns *columns, const char *name)
{
    struct job job = {1, 2, NULL};
    const struct field field = {name, strlen(name)};
    assert_int_equal(columns_row(columns, &field, "here", &job.row), STATUS_OK);
    return job;
}

static void a_job_with_other_columns_is_refused(void **state)
{
    (void)state;
    struct columns columns = {0};
    assert_int_equal(columns_add(&columns, (struct field){"name:text", 9}, "here"), STATUS_OK);
    columns_settle(&columns);
    struct job wide = named_job(&columns, "wide"), empty = named_job(&columns, "");
    const struct job bare = {1, 2, NULL};
    assert_true(journal_job_of(wide).columns != journal_job_of(empty).columns);
    assert_true(journal_job_of(empty).columns != 0 && journal_job_of(bare).columns == 0);

    const struct term term = term_of(EXACT_INTEGER);
    const union value value = {.integer = 7};
    struct check_sums total, sum;
    const struct journal_state kept = {.jobs = 1,
                                       .total = check_empty(&total),
                                       .next = journal_job_of(empty),
                                       .sum = check_empty(&sum)};
    struct journal *journal;
    write_all("", 0);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    assert_int_equal(journal_note(journal, &wide, &value), STATUS_OK);
    assert_int_equal(journal_checkpoint(journal, &kept), STATUS_OK);
    assert_int_equal(journal_close(journal), STATUS_OK);

    const struct job *const others[] = {&wide, &empty, &bare};
    for (size_t k = 0; k < 3; k++) {
        struct job_source *source;
        union value again;
        assert_int_equal(job_source_open(&source, &any), STATUS_OK);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        said_begin();
        const enum status status = journal_recall(journal, source, *others[k], &again);
        assert_int_equal(status, k == 0 ? STATUS_OK : STATUS_USAGE);
        if (k > 0)
            assert_contains(said(), "has other columns than the run of the journal");
        else
            assert_int128_equal(again.integer, 7);
        assert_int_equal(journal_close(journal), STATUS_OK);
        job_source_close(source);
    }
    free(wide.row);
    free(empty.row);
    columns_clear(&columns);
}

static void a_job_that_differs_is_refused_by_its_place(void **state)
{
    (void)state;
    for (uint64_t at = 1; at <= 7; at++) {
        write_journal(EXACT_INTEGER, 2, true);
        struct contents file = read_all(path);
        struct journal *journal;
        const struct term term = term_of(EXACT_INTEGER);
        struct job_source *source;
        union value sum;
        assert_int_equal(job_source_open(&source, &any), STATUS_OK);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        for (uint64_t k = 1; k < at; k++)
            assert_int_equal(journal_recall(journal, source, job_of(k), &sum), STATUS_OK);
        said_begin();
        assert_int_equal(journal_recall(journal, source, job_of(at + 1), &sum), STATUS_USAGE);
        assert_contains(said(), "/dev/null:0: is job");
        assert_int_equal(journal_close(journal), STATUS_OK);
        assert_true(holds(file));
        job_source_close(source);
        free(file.at);
    }
}

/* The text of a term is for people: it names a file as it was typed. */
static void a_term_is_told_apart_by_its_digest(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 2, true);
    struct journal *journal;
    struct term term = term_of(EXACT_INTEGER);
    uint64_t jobs;
    term.source = "../elsewhere/i.c";
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    check_truth(journal, EXACT_INTEGER, true, &jobs);
    assert_int_equal(journal_close(journal), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNAL_TEST(all_kinds_of_sums_come_back_as_they_were),
        JOURNAL_TEST(jobs_without_a_checkpoint_do_not_count),
        JOURNAL_TEST(the_journal_of_another_run_is_refused_and_left_alone),
        JOURNAL_TEST(several_sums_are_kept_together),
        JOURNAL_TEST(a_job_with_other_columns_is_refused),
        JOURNAL_TEST(a_job_that_differs_is_refused_by_its_place),
        JOURNAL_TEST(a_term_is_told_apart_by_its_digest),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
