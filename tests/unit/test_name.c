#include "base/name.h"
#include "check.h"

static const char *fault(const char *name)
{
    return name_fault(name, strlen(name));
}

static void identifiers_of_c_are_names(void **state)
{
    (void)state;
    static const char *const good[] = {"a",  "x1", "Alpha_2", "gamma",  "y1",      "run",
                                       "ii", "I2", "terms",   "blocks", "doubles", "parsum"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        if (fault(good[k]))
            fail_msg("%s is refused", good[k]);
}

static void what_c_cannot_call_so_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "1",        "1a",  "a b", "a-b",
                                      "a.b", "\xc3\xa4", "a\n", " a",  "$"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_non_null(fault(bad[k]));
        assert_contains(fault(bad[k]), "is not a name");
    }
    assert_non_null(name_fault("a\0b", 3));
}

static void words_of_c_and_of_terms_are_taken(void **state)
{
    (void)state;
    static const char *const taken[] = {"i",   "int",   "while",    "sizeof",   "term",  "block",
                                        "__x", "_Bool", "parsum_x", "TERM_MAX", "term_", "typeof"};
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++) {
        assert_non_null(fault(taken[k]));
        assert_contains(fault(taken[k]), "is taken");
    }
}

static void a_name_has_63_letters_at_most(void **state)
{
    (void)state;
    char name[NAME_MAX_LENGTH + 2];
    memset(name, 'x', sizeof name);
    assert_null(name_fault(name, NAME_MAX_LENGTH));
    assert_non_null(name_fault(name, NAME_MAX_LENGTH + 1));
}

static void only_the_length_that_is_given_is_read(void **state)
{
    (void)state;
    assert_null(name_fault("ab-", 2));
    assert_true(name_is("sum1", 3, "sum"));
    assert_false(name_is("sum1", 4, "sum"));
    assert_false(name_is("su", 2, "sum"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_of_c_are_names),
        cmocka_unit_test(what_c_cannot_call_so_is_refused),
        cmocka_unit_test(words_of_c_and_of_terms_are_taken),
        cmocka_unit_test(a_name_has_63_letters_at_most),
        cmocka_unit_test(only_the_length_that_is_given_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
