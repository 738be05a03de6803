/* The file of a journal: other files, other processes, kills and full disks. */
#include "base/place.h"
#include "capture.h"
#include "journals.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
        JOURNAL_TEST(a_file_that_is_no_journal_is_refused_and_left_alone),
        JOURNAL_TEST(an_empty_file_is_as_good_as_none),
        JOURNAL_TEST(it_stays_small_however_many_checkpoints_there_are),
        JOURNAL_TEST(a_process_that_has_lost_its_file_finds_out_and_changes_nothing),
        JOURNAL_TEST(a_file_that_another_program_cuts_or_writes_to_is_told_of),
        JOURNAL_TEST(a_second_process_is_told_the_number_of_the_first),
        JOURNAL_TEST(a_write_that_fails_leaves_the_last_checkpoint_valid),
        JOURNAL_TEST(leftovers_of_a_killed_process_are_swept_and_nothing_else),
        JOURNAL_TEST(a_link_stays_a_link_and_permissions_stay),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
