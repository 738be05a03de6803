#include "capture.h"
#include "check.h"
#include "cli/trace_file.h"
#include "said.h"

#include <unistd.h>

static void what_was_in_the_file_is_gone(void **state)
{
    (void)state;
    const char *const name = capture_file("to be written over");
    FILE *file = NULL;
    assert_int_equal(trace_file_open(name, &file), STATUS_OK);
    fputs("new", file);
    assert_int_equal(fclose(file), 0);
    char text[32];
    file = fopen(name, "r");
    assert_non_null(file);
    assert_string_equal(fgets(text, sizeof text, file), "new");
    fclose(file);
    unlink(name);
}

static void a_file_that_cannot_be_opened_is_told_of(void **state)
{
    (void)state;
    FILE *file = NULL;
    said_begin();
    assert_int_equal(trace_file_open("/no/such/place", &file), STATUS_FAILED);
    assert_contains(said(), "parsum: /no/such/place: No such file");
    assert_null(file);
}

static void a_file_with_a_second_name_is_left_alone(void **state)
{
    (void)state;
    const char *const name = capture_file("of value");
    char other[64], text[32];
    snprintf(other, sizeof other, "%s.other", name);
    assert_int_equal(link(name, other), 0);
    FILE *file = NULL;
    said_begin();
    assert_int_equal(trace_file_open(name, &file), STATUS_FAILED);
    assert_contains(said(), "has other names too");
    assert_null(file);
    file = fopen(other, "r");
    assert_non_null(file);
    assert_string_equal(fgets(text, sizeof text, file), "of value");
    fclose(file);
    unlink(other);
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_in_the_file_is_gone),
        cmocka_unit_test(a_file_that_cannot_be_opened_is_told_of),
        cmocka_unit_test(a_file_with_a_second_name_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
