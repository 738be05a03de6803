#include "journals.h"
#include "base/place.h"
#include "capture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

static void a_file_that_is_no_journal_is_refused_and_left_alone(void **state)
{
    (void)state;
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    static const char *const texts[] = {"x", "results, of great value\n", "parsum journal 2 ab\n"};
    for (size_t k = 0; k < 3; k++) {
        write_all(texts[k], strlen(texts[k]));
        struct contents file = read_all(path);
        said_begin();
        assert_int_not_equal(open_journal(&journal, &term, &any), STATUS_OK);
        assert_contains(said(), k < 2 ? "is a file, but no journal" : "damaged at byte 0");
        assert_true(holds(file));
        free(file.at);
    }
    char *const others[] = {"/dev/null", directory};
    for (size_t k = 0; k < 2; k++) {
        struct job_source *source;
        assert_int_equal(job_source_open(&source, &any), STATUS_OK);
        assert_int_not_equal(journal_open(&journal, others[k], &term, source), STATUS_OK);
        job_source_close(source);
    }
}

static void an_empty_file_is_as_good_as_none(void **state)
{
    (void)state;
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    write_all("", 0);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    assert_int_equal(journal_knows(journal), JOURNAL_NOTHING);
    assert_int_equal(journal_close(journal), STATUS_OK);
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
    assert_int_equal(journal_note(journal, job_of(1), values), STATUS_OK);
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
    assert_int_equal(journal_note(journal, wide, &value), STATUS_OK);
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

/* Also across a thousand restarts, as each begins a fresh file. */
static void it_stays_small_however_many_checkpoints_there_are(void **state)
{
    (void)state;
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    uint64_t jobs;
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    for (uint64_t job = 0; job < 3000; job++) {
        struct journal_state now = state_of(EXACT_INTEGER, job, job > 0);
        if (job > 0)
            assert_int_equal(note_job(journal, EXACT_INTEGER, job), STATUS_OK);
        for (int k = 0; k < 5; k++)
            assert_int_equal(journal_checkpoint(journal, &now), STATUS_OK);
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        assert_true(status.st_size < 66000 + 2 * 120 * (off_t)job + 70000);
    }
    assert_int_equal(journal_close(journal), STATUS_OK);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    check_truth(journal, EXACT_INTEGER, true, &jobs);
    assert_int_equal(jobs, 2999);
    assert_int_equal(journal_close(journal), STATUS_OK);
}

static void a_process_that_has_lost_its_file_finds_out_and_changes_nothing(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 3, true);
    struct contents file = read_all(path);
    unlink(path);
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);

    char other[80]; /* what another node does where there are no locks */
    snprintf(other, sizeof other, "%s.other", path);
    assert_int_equal(rename(path, other), 0);
    write_all(file.at, file.count);
    said_begin();
    assert_int_equal(journal_checkpoint(journal, &none), STATUS_FAILED);
    assert_contains(said(), "is another file now, or gone");
    assert_int_equal(journal_close(journal), STATUS_OK);
    assert_true(holds(file));
    free(file.at);
}

static void a_file_that_another_program_cuts_or_writes_to_is_told_of(void **state)
{
    (void)state;
    const struct term term = term_of(EXACT_INTEGER);
    const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
    for (int cut = 0; cut < 2; cut++) {
        struct journal *journal;
        unlink(path);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);
        struct contents file = read_all(path);
        assert_int_equal(truncate(path, cut ? 0 : (off_t)file.count + 1), 0);
        said_begin();
        assert_int_equal(journal_checkpoint(journal, &none), STATUS_FAILED);
        assert_contains(said(), "another program has cut or changed it");
        assert_int_equal(journal_close(journal), STATUS_OK);
        free(file.at);
    }
}

static void a_second_process_is_told_the_number_of_the_first(void **state)
{
    (void)state;
    const struct term term = term_of(EXACT_INTEGER);
    struct journal *journal;
    for (int synced = 0; synced < 2; synced++) { /* the lock goes along with the fresh file */
        unlink(path);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
        if (synced)
            assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);
        capture_begin(STDERR_FILENO);
        const pid_t child = fork();
        if (child == 0) {
            struct journal *second;
            struct job_source *source;
            if (job_source_open(&source, &any))
                _exit(99);
            said_begin();
            const enum status failed = journal_open(&second, path, &term, source);
            fputs(said(), stderr);
            fflush(stderr);
            _exit((int)failed);
        }
        int status = 0;
        const pid_t ended = waitpid(child, &status, 0);
        const char *const told = capture_end(STDERR_FILENO);
        assert_int_equal(ended, child);
        char expected[64];
        snprintf(expected, sizeof expected, "process %ld is using that journal", (long)getpid());
        assert_contains(told, expected);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), STATUS_FAILED);
        assert_int_equal(journal_close(journal), STATUS_OK);
    }
}

static void a_write_that_fails_leaves_the_last_checkpoint_valid(void **state)
{
    (void)state;
    const struct term term = term_of(EXACT_INTEGER);
    struct rlimit old, limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    for (rlim_t room = 150; room < 1500; room += 50) {
        unlink(path);
        struct journal *journal;
        enum status status = STATUS_OK;
        limit = (struct rlimit){room, old.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        uint64_t kept = 0, job = 0;
        said_begin();
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        for (uint64_t c = 0; !status && c < 20; c++) {
            for (int k = 0; c > 0 && k < 3; k++, job++)
                assert_int_equal(note_job(journal, EXACT_INTEGER, job + 1), STATUS_OK);
            const struct journal_state now = state_of(EXACT_INTEGER, job, job > 0);
            status = journal_checkpoint(journal, &now);
            if (!status)
                kept = job;
        }
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(status, STATUS_FAILED);
        assert_contains(said(), "File too large; what it holds stays valid");
        assert_int_equal(journal_close(journal), STATUS_OK);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        uint64_t jobs;
        check_truth(journal, EXACT_INTEGER, true, &jobs);
        assert_int_equal(jobs, kept);
        assert_int_equal(journal_close(journal), STATUS_OK);
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

/*
 * A kill between any two system calls leaves the old file or the new one, and perhaps a fresh one.
 * Nobody else's file is removed: not one that is in use, and not one with the name of another kind.
 */
static void leftovers_of_a_killed_process_are_swept_and_nothing_else(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 2, true);
    char leftover[PLACE_FRESH], used[PLACE_FRESH], other[80];
    struct place place;
    assert_int_equal(place_open(&place, path, STATUS_FAILED), STATUS_OK);
    const int fd = place_fresh(&place, leftover);
    assert_int_equal(write(fd, "parsum journal", 14), 14);
    close(fd); /* lets go of the lock, as a kill does */
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        if (place_fresh(&place, used) < 0 || write(ready[1], used, sizeof used) != sizeof used)
            _exit(1);
        pause();
    }
    assert_int_equal(read(ready[0], used, sizeof used), sizeof used);
    snprintf(other, sizeof other, "%s.parsum-new", path);
    close(open(other, O_WRONLY | O_CREAT, 0600));

    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    uint64_t jobs;
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
    check_truth(journal, EXACT_INTEGER, true, &jobs);
    assert_int_equal(jobs, 6);
    assert_int_equal(journal_close(journal), STATUS_OK);
    assert_int_not_equal(faccessat(place.directory, leftover, F_OK, 0), 0);
    assert_int_equal(faccessat(place.directory, used, F_OK, 0), 0);
    assert_int_equal(unlink(other), 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    place_sweep(&place);
    assert_int_not_equal(faccessat(place.directory, used, F_OK, 0), 0);
    place_close(&place);
    close(ready[0]);
    close(ready[1]);
}

static void a_link_stays_a_link_and_permissions_stay(void **state)
{
    (void)state;
    char target[64];
    snprintf(target, sizeof target, "%s/target", directory);
    unlink(target);
    assert_int_equal(symlink(target, path), 0);
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    const struct journal_state none = state_of(EXACT_INTEGER, 0, false);
    const mode_t masked = umask(022);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
        assert_int_equal(journal_checkpoint(journal, &none), STATUS_OK);
        assert_int_equal(journal_close(journal), STATUS_OK);
        struct stat status;
        assert_int_equal(lstat(path, &status), 0);
        assert_true(S_ISLNK(status.st_mode));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, k ? 0640 : 0644);
        assert_int_equal(chmod(target, 0640), 0);
    }
    umask(masked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNAL_TEST(all_kinds_of_sums_come_back_as_they_were),
        JOURNAL_TEST(jobs_without_a_checkpoint_do_not_count),
        JOURNAL_TEST(the_journal_of_another_run_is_refused_and_left_alone),
        JOURNAL_TEST(a_file_that_is_no_journal_is_refused_and_left_alone),
        JOURNAL_TEST(an_empty_file_is_as_good_as_none),
        JOURNAL_TEST(several_sums_are_kept_together),
        JOURNAL_TEST(a_job_with_other_columns_is_refused),
        JOURNAL_TEST(a_job_that_differs_is_refused_by_its_place),
        JOURNAL_TEST(it_stays_small_however_many_checkpoints_there_are),
        JOURNAL_TEST(a_process_that_has_lost_its_file_finds_out_and_changes_nothing),
        JOURNAL_TEST(a_file_that_another_program_cuts_or_writes_to_is_told_of),
        JOURNAL_TEST(a_second_process_is_told_the_number_of_the_first),
        JOURNAL_TEST(a_write_that_fails_leaves_the_last_checkpoint_valid),
        JOURNAL_TEST(a_term_is_told_apart_by_its_digest),
        JOURNAL_TEST(leftovers_of_a_killed_process_are_swept_and_nothing_else),
        JOURNAL_TEST(a_link_stays_a_link_and_permissions_stay),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
