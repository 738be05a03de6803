/* What a crash or a bad disk may do to a journal. */
#include "journals.h"

/* How many bytes of the file tell whose it is, and where the last append begins. */
static size_t lines(struct contents file, size_t count)
{
    const char *at = file.at;
    for (; count > 0; count--)
        at = strchr(at, '\n') + 1;
    return (size_t)(at - file.at);
}

static void a_journal_cut_off_anywhere_is_refused_or_tells_the_truth(void **state)
{
    (void)state;
    for (int kind = EXACT_INTEGER; kind <= EXACT_REAL; kind++) {
        write_journal((enum exact_kind)kind, 3, true);
        struct contents file = read_all(path);
        const struct term term = term_of((enum exact_kind)kind);
        const size_t identity = lines(file, JOURNAL_IDENTITY);
        uint64_t jobs = 0, before = 0;
        for (size_t count = 1; count <= file.count; count++, before = jobs) {
            struct journal *journal;
            write_all(file.at, count);
            const enum status status = open_journal(&journal, &term, &any);
            assert_int_equal(status == STATUS_OK, count >= identity);
            if (status)
                continue;
            check_truth(journal, (enum exact_kind)kind, true, &jobs);
            assert_true(jobs >= before);
            assert_int_equal(journal_close(journal), STATUS_OK);
        }
        assert_int_equal(jobs, 9);
        free(file.at);
    }
}

/* In the last append a flip can't be told from a crash, before it is damage. */
static void a_flipped_bit_anywhere_is_refused_or_costs_the_last_append(void **state)
{
    (void)state;
    for (int kind = EXACT_INTEGER; kind <= EXACT_REAL; kind++) {
        write_journal((enum exact_kind)kind, 3, true);
        struct contents file = read_all(path);
        const struct term term = term_of((enum exact_kind)kind);
        const size_t last = lines(file, JOURNAL_IDENTITY + 1 + 2 * 2);
        for (size_t bit = 0; bit < 8 * file.count; bit++) {
            struct journal *journal;
            file.at[bit / 8] = (char)(file.at[bit / 8] ^ 1 << bit % 8);
            write_all(file.at, file.count);
            const enum status status = open_journal(&journal, &term, &any);
            assert_int_equal(status == STATUS_OK, bit / 8 >= last);
            if (status) {
                assert_true(holds(file));
            } else {
                uint64_t jobs;
                check_truth(journal, (enum exact_kind)kind, true, &jobs);
                assert_int_equal(jobs, 6);
                assert_int_equal(journal_close(journal), STATUS_OK);
            }
            file.at[bit / 8] = (char)(file.at[bit / 8] ^ 1 << bit % 8);
        }
        free(file.at);
    }
}

static void damage_is_told_with_its_offset(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 3, true);
    struct contents file = read_all(path);
    const size_t second = lines(file, JOURNAL_IDENTITY + 1);
    file.at[second + 7]++;
    write_all(file.at, file.count);
    struct journal *journal;
    const struct term term = term_of(EXACT_INTEGER);
    char expected[64];
    snprintf(expected, sizeof expected, "damaged at byte %zu:", second);
    said_begin();
    assert_int_equal(open_journal(&journal, &term, &any), STATUS_FAILED);
    assert_contains(said(), expected);
    free(file.at);
}

/* After a loss of power any part of the last append may be missing, and be zeros. */
static void zeros_in_the_last_append_cost_that_append(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 3, true);
    struct contents file = read_all(path);
    const struct term term = term_of(EXACT_INTEGER);
    const size_t last = lines(file, JOURNAL_IDENTITY + 1 + 2 * 2);
    for (size_t from = last; from < file.count; from += 7) {
        for (size_t to = from + 1; to <= file.count; to += 5) {
            struct journal *journal;
            uint64_t jobs;
            struct contents torn = {malloc(file.count), file.count};
            memcpy(torn.at, file.at, file.count);
            memset(torn.at + from, 0, to - from);
            write_all(torn.at, torn.count);
            assert_int_equal(open_journal(&journal, &term, &any), STATUS_OK);
            check_truth(journal, EXACT_INTEGER, true, &jobs);
            assert_int_equal(jobs, 6);
            assert_int_equal(journal_close(journal), STATUS_OK);
            free(torn.at);
        }
    }
    free(file.at);
}

static void lines_that_are_lost_doubled_or_swapped_are_damage(void **state)
{
    (void)state;
    write_journal(EXACT_INTEGER, 5, true);
    struct contents file = read_all(path);
    const struct term term = term_of(EXACT_INTEGER);
    for (size_t line = JOURNAL_IDENTITY; line < JOURNAL_IDENTITY + 8; line++) {
        const size_t from = lines(file, line), to = lines(file, line + 1),
                     next = lines(file, line + 2);
        struct contents other = {malloc(2 * file.count), 0};
        struct journal *journal;
        memcpy(other.at, file.at, from);
        memcpy(other.at + from, file.at + to, file.count - to);
        write_all(other.at, file.count - (to - from));
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_FAILED);

        memcpy(other.at, file.at, to);
        memcpy(other.at + to, file.at + from, file.count - from);
        write_all(other.at, file.count + (to - from));
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_FAILED);

        memcpy(other.at, file.at, file.count);
        memcpy(other.at + from, file.at + to, next - to);
        memcpy(other.at + from + (next - to), file.at + from, to - from);
        write_all(other.at, file.count);
        assert_int_equal(open_journal(&journal, &term, &any), STATUS_FAILED);
        free(other.at);
    }
    free(file.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNAL_TEST(a_journal_cut_off_anywhere_is_refused_or_tells_the_truth),
        JOURNAL_TEST(a_flipped_bit_anywhere_is_refused_or_costs_the_last_append),
        JOURNAL_TEST(damage_is_told_with_its_offset),
        JOURNAL_TEST(zeros_in_the_last_append_cost_that_append),
        JOURNAL_TEST(lines_that_are_lost_doubled_or_swapped_are_damage),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
