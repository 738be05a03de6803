#include "check.h"
#include "said.h"
#include "base/digest.h"
#include "base/number.h"
#include "jobs/data_npy.h"
#include "jobs/data_text.h"

#include <stdio.h>
#include <stdlib.h>

/* The column of a text, its type and numbers as C writes them: "i8 1 2 3"; or what is said of it.
 */
static void assert_reads(const char *text, const char *column, const char *expected)
{
    char got[512];
    struct shape shape;
    void *numbers = NULL;
    /* memory without an end, so that a tool sees what is read behind it */
    const size_t size = strlen(text);
    char *const bytes = malloc(size);
    memcpy(bytes, text, size);
    said_begin();
    if (text_read(bytes, size, column, "t", &shape, &numbers)) {
        snprintf(got, sizeof got, "%s", error_last().text);
    } else {
        int length = snprintf(got, sizeof got, "%s", element_name(shape.element));
        for (int64_t k = 0; k < shape.n[0]; k++)
            length += shape.element == ELEMENT_I8
                          ? snprintf(got + length, sizeof got - (size_t)length, " %lld",
                                     (long long)((int64_t *)numbers)[k])
                          : snprintf(got + length, sizeof got - (size_t)length, " %.17g",
                                     ((double *)numbers)[k]);
    }
    free(numbers);
    free(bytes);
    if (!strstr(got, expected) ||
        (strncmp(expected, "t", 1) != 0 && strlen(got) != strlen(expected)))
        fail_msg("'%s' gave '%s' in place of '%s'", text, got, expected);
}

static void a_column_is_found_by_name_or_number(void **state)
{
    (void)state;
    static const char table[] = "a,b,\"c d\"\n1,0.5,7\n2,2.5,8\n";
    assert_reads(table, "a", "i8 1 2");
    assert_reads(table, "b", "f8 0.5 2.5");
    assert_reads(table, "c d", "i8 7 8");
    assert_reads(table, "2", "f8 0.5 2.5");
    assert_reads("1,2\n3,4", "2", "i8 2 4");
    assert_reads("2,1\n5,6\n", "1", "i8 2 5"); /* these are numbers, not names */
    assert_reads("2,x\n5,6\n", "2", "i8 5");   /* here it is a name */
    assert_reads(table, "4",
                 "t: has no column 4; give a name of its header or a number from 1 to 3");
    assert_reads(table, NULL, "t: has 3 columns; say which");
}

static void whatever_parts_fields_and_lines_is_read_as_tables_are(void **state)
{
    (void)state;
    assert_reads("x\n1\n2\n", NULL, "i8 1 2");
    assert_reads("1\r\n2\r3", NULL, "i8 1 2 3");
    assert_reads("\n# one\n  1  \n\n 2\n# end", NULL, "i8 1 2");
    assert_reads("a\tb\n 1 \t2\n3\t 4", "b", "i8 2 4");
    assert_reads("a;b\n1;2\n", "2", "i8 2");
    assert_reads("  1   2 \n3 4\n", "2", "i8 2 4");
    assert_reads("name,x\n\"a, \"\"b\"\"\nc\",\"3\"\nd,4\n", "x", "i8 3 4");
    assert_reads("x,name\n3,\"a\nb\"\n4,c\n", "x", "i8 3 4");
    assert_reads("\xef\xbb\xbfx\n1\n", NULL, "i8 1");
    assert_reads("", NULL, "i8");
    assert_reads("x\n", NULL, "i8");
}

static void one_point_or_exponent_makes_all_of_them_reals(void **state)
{
    (void)state;
    assert_reads("1\n-2\n1_000\n1e3\n9223372036854775807", NULL,
                 "i8 1 -2 1000 1000 9223372036854775807");
    assert_reads("1\n2\n0.1\n-3", NULL, "f8 1 2 0.10000000000000001 -3");
    assert_reads("1\n1e-3", NULL, "f8 1 0.001");
    assert_reads("0.1\n12345678901234567890123456789.5", NULL,
                 "f8 0.10000000000000001 1.2345678901234568e+28");
    assert_reads("-0.0\n.5\n5.", NULL, "f8 -0 0.5 5");
}

static void what_is_no_number_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_reads("x\n1\n\n1,2", NULL, "t:4: '1,2' is not a number");
    assert_reads("x\n1\nabc", NULL, "t:3: 'abc' is not a number; give a number in each row");
    assert_reads("a,b\n1,2\n,3", "a", "t:3: '' is empty");
    assert_reads("1\n99999999999999999999", NULL, "t:2: '99999999999999999999' does not fit");
    assert_reads("9007199254740993\n0.5", NULL, "t:2: '0.5' makes the column one of reals");
    assert_reads("0.5\n9007199254740993", NULL, "t:2: '9007199254740993' loses digits");
    assert_reads("0.5\nnan", NULL, "t:2: 'nan' is not a finite real number");
    assert_reads("1 2", NULL, "t: has 2 columns; say which");
}

static void a_header_may_say_the_type(void **state)
{
    (void)state;
    static const char table[] = "n:int,price:real,name:text\n1,2,a\n1e3,3,b\n";
    assert_reads("price:real\n2\n3\n", NULL, "f8 2 3");
    assert_reads("price:real\n", NULL, "f8");
    assert_reads(table, "price", "f8 2 3");
    assert_reads(table, "price:real", "f8 2 3");
    assert_reads(table, "2", "f8 2 3");
    assert_reads(table, "n", "i8 1 1000");
    assert_reads("x\t n:int \n1\t2", "n", "i8 2");
    assert_reads("n:int\n1\n2.5\n", NULL,
                 "t:3: '2.5' is not an integer; give an integer in each row, "
                 "or call the column :real in the header");
    assert_reads("n:int\n1\n1e-3\n", NULL, "t:3: '1e-3' is not an integer");
    assert_reads("n:int\nx\n", NULL, "t:2: 'x' is not an integer");
    assert_reads("a,n:int\n1,\n", "n", "t:2: '' is empty");
    assert_reads("x:real\n9007199254740993\n", NULL, "t:2: '9007199254740993' loses digits");
    assert_reads("x:real\nabc\n", NULL, "t:2: 'abc' is not a finite real number; give a number");
    assert_reads(table, "name",
                 "t:1: 'name:text' is a column of texts, and an array has numbers; "
                 "call it :int or :real, or give another column");
    assert_reads(table, "3", "t:1: 'name:text' is a column of texts");
    assert_reads("x:float\n1\n", NULL,
                 "t:1: 'x:float' has no type of columns: there are int, real");
    assert_reads("a,x:\n1,2\n", "x", "t:1: 'x:' has no type of columns");
    assert_reads("id,08:30\n1,2\n", "08:30", "i8 2");
    assert_reads("id,08:30\n1,2\n", "id", "i8 1");
    assert_reads(table, "n:real", "t: has no column n:real");
}

static void a_name_that_two_columns_have_is_refused(void **state)
{
    (void)state;
    assert_reads("\na,b,a\n1,2,3\n", "a",
                 "t:2: column 'a' is there twice; give one another name, or say its number");
    assert_reads("a,b,a:real\n1,2,3\n", "a", "t:1: column 'a' is there twice");
    assert_reads("a,b,a\n1,2,3\n", "3", "i8 3");
    assert_reads("a,b,a\n1,2,3\n", "b", "i8 2");
    assert_reads("1,1\n2,3\n", "1", "i8 1 2"); /* these are numbers */
}

static void each_row_has_as_many_fields_as_the_first(void **state)
{
    (void)state;
    static const char more[] = "t:3: there are fields behind column 'price': 3, and the header has "
                               "2; put quotes around a field that holds what parts fields";
    assert_reads("name,price\nDoe,5\nSmith, 3,7\n", "price", more);
    assert_reads("name,price\nDoe,5\nSmith, 3,7\n", "2", more);
    assert_reads("name,price\nDoe,5\nSmith, Jr,7\n", "price", more);
    assert_reads("price,name\n5,Doe\n7,Smith, 3", "price",
                 "t:3: there are fields behind column 'name'");
    assert_reads("price,name\r\n5,Doe\r\n7,Smith,3\r\n", "price", "t:3: there are fields behind");
    assert_reads("x,name\n1,\"a,\nb\"\n2,\"c\",d\n", "x", "t:4: there are fields behind");
    assert_reads("a,b\n1,2\n1", "b",
                 "t:3: column 'b' is missing: there are 1 fields, and the header "
                 "has 2; give one for each column");
    assert_reads("a,b:int\n1,2\n1", "a", "t:3: column 'b' is missing");
    assert_reads("1 2\n3 4 5\n", "1",
                 "t:2: there are fields behind column 2: 3, and the first row has 2");
    assert_reads("1;2\n3\n", "1", "t:2: column 2 is missing");
    assert_reads("x\n1 2\n", NULL, "t:2: there are fields behind column 'x': 2");
    /* What parts fields at the end of a row begins one, but for blanks. */
    assert_reads("a,b\n1,2,\n", "a", "t:2: there are fields behind column 'b': 3");
    assert_reads("a,b\n1,2,", "b", "t:2: there are fields behind column 'b': 3");
    assert_reads("a,b,\n1,2,\n3,4,", "a", "i8 1 3");
    assert_reads("a,b,\n1,2,\n3,4\n", "a", "t:3: column '' is missing");
    assert_reads(" a  b \n 1 \t 2  \n3 4 \r\n5 6", "a", "i8 1 3 5");
    assert_reads("a\tb\n1\t\n2\tx\n", "a", "i8 1 2");
}

static void quotes_that_are_not_closed_or_end_too_early_are_refused(void **state)
{
    (void)state;
    assert_reads("x,name\n1,\"a\n2,b\n", "x",
                 "t:2: '\"a' has a quote that is not closed, or that stands within; put quotes");
    assert_reads("name,x\n\"a\" b,1\n", "x", "t:2: '\"a\" b,1' has a quote");
    assert_reads("\"a\"b,x\n1,2\n", "x", "t:1: '\"a\"b,x' has a quote");
    assert_reads("\"a\"b x\n1 2\n", "x", "t:1: '\"a\"b x' has a quote");
    assert_reads("\"a\" \"b c\"\n\"1\" \"2\"\n", "b c", "i8 2");
    assert_reads("\"a\" , x\n\"1\"\t,\"2\" \n", "x", "i8 2");
}

static void decimals_are_rounded_as_strtod_rounds_them(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    size_t fast = 0;
    for (int k = 0; k < 200000; k++) {
        char text[64];
        double value, expected;
        uint64_t bits = check_random(&random);
        memcpy(&expected, &bits, sizeof expected);
        const int digits = 1 + (int)(check_random(&random) % 19);
        if (k % 4 == 0) /* halfway between two doubles, or nearly */
            snprintf(text, sizeof text, "%llu5e-%d",
                     (unsigned long long)(9007199254740992u + check_random(&random) % 4096),
                     (int)(check_random(&random) % 18));
        else if (k % 4 == 1)
            snprintf(text, sizeof text, "%.*f", digits % 12, (double)(int64_t)bits * 0x1p-50);
        else
            snprintf(text, sizeof text, "%.*e", digits - 1,
                     (double)(bits >> 11) * 0x1p-53 * (k % 3 ? 1e12 : 1e-12));
        if (!number_read_decimal(text, strlen(text), &value))
            continue;
        fast++;
        expected = strtod(text, NULL);
        if (memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("%s was read as %.17g, and is %.17g", text, value, expected);
    }
    assert_true(fast > 150000);
    double value = 7;
    static const char *const bad[] = {"", ".", "-", "1e", "1e+", "1.2.3", "+1", "1x", "0x1", " 1"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_false(number_read_decimal(bad[k], strlen(bad[k]), &value));
}

static void a_digest_of_a_block_sees_each_byte_and_the_length(void **state)
{
    (void)state;
    unsigned char bytes[300] = {0};
    for (size_t size = 0; size < sizeof bytes; size++) {
        const uint64_t digest = digest_block(bytes, size);
        assert_true(digest != digest_block(bytes, size + 1));
        for (size_t k = 0; k < size; k += 7) {
            bytes[k] ^= 0x80;
            assert_true(digest != digest_block(bytes, size));
            bytes[k] ^= 0x80;
        }
        assert_true(digest == digest_block(bytes, size));
    }
}

static void elements_of_a_header_must_lie_within_the_file(void **state)
{
    (void)state;
    static const char text[] = "\x93NUMPY\1\0\x46\0{'descr': '<f8', 'fortran_order': False, "
                               "'shape': (2,), }            \n0123456789abcdef";
    const size_t size = sizeof text - 1;
    struct shape shape;
    size_t offset;
    for (size_t length = 0; length <= size; length++) {
        unsigned char *const bytes = malloc(length + 1);
        memcpy(bytes, text, length);
        said_begin();
        const bool is = npy_is(bytes, length);
        assert_true(is == (length >= 6));
        if (is)
            assert_true(npy_read(bytes, length, "f", &shape, &offset) ==
                        (length == size ? STATUS_OK : STATUS_USAGE));
        free(bytes);
    }
    assert_int_equal(offset, size - 16);
    assert_int_equal(shape.n[0], 2);
    assert_int_equal(shape.element, ELEMENT_F8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_is_found_by_name_or_number),
        cmocka_unit_test(whatever_parts_fields_and_lines_is_read_as_tables_are),
        cmocka_unit_test(one_point_or_exponent_makes_all_of_them_reals),
        cmocka_unit_test(what_is_no_number_is_refused_with_its_line),
        cmocka_unit_test(a_header_may_say_the_type),
        cmocka_unit_test(a_name_that_two_columns_have_is_refused),
        cmocka_unit_test(each_row_has_as_many_fields_as_the_first),
        cmocka_unit_test(quotes_that_are_not_closed_or_end_too_early_are_refused),
        cmocka_unit_test(decimals_are_rounded_as_strtod_rounds_them),
        cmocka_unit_test(a_digest_of_a_block_sees_each_byte_and_the_length),
        cmocka_unit_test(elements_of_a_header_must_lie_within_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
