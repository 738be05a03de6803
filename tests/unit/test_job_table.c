#include "check.h"
#include "jobs/job_table.h"
#include "said.h"

#include <stdio.h>
#include <stdlib.h>

static struct columns columns;

/* A table with that header. */
static struct table table_of(const char *header)
{
    struct table table;
    char *const line = strdup(header);
    columns_clear(&columns);
    columns.all_seen = true;
    said_begin();
    if (table_header(&table, &columns, line, strlen(line), "f:1"))
        fail_msg("%s", said());
    free(line);
    return table;
}

/* The fields of a row as "start end|text|text|", or what it is refused with. */
static const char *row_of(const char *header, const char *row)
{
    static char shown[4096];
    struct job job = {-1, 1000000, NULL};
    const struct table table = table_of(header);
    const size_t length = strlen(row);
    char *line = malloc(length); /* its end is watched by the sanitizers */
    memcpy(line, row, length);
    enum status status = table_see(&table, line, length, "f:2", &job);
    memcpy(line, row, length);
    columns_settle(&columns);
    if (!status)
        status = table_row(&table, line, length, "f:2", &job);
    free(line);
    if (status)
        return said();
    int at = snprintf(shown, sizeof shown, "%d %d", (int)job.start, (int)job.end);
    const char *text = row_texts(&columns, job.row);
    for (size_t k = 0; k < columns.count; k++, text += strlen(text) + 1)
        at += snprintf(shown + at, sizeof shown - (size_t)at, "|%s", text);
    free(job.row);
    return shown;
}

static bool is_header(const char *line)
{
    return table_is_header(line, strlen(line));
}

static void a_header_has_a_field_that_is_no_number(void **state)
{
    (void)state;
    static const char *const headers[] = {"end", "start,end", "end\ta", "1,a",  "1 a", "5:7",
                                          "abc", "end;a;b",   "\"a\"",  "\xff", "1O"};
    static const char *const numbers[] = {
        "",        "1",     "1 2",    "1,2",    "1;2",
        "1,,2",    ",",     "1.5",    " 3\t4 ", "1e3,99999999999999999999",
        "-1,+1_0", "1,2 3", "\t1 2\t"};
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++)
        if (!is_header(headers[k]))
            fail_msg("%s", headers[k]);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (is_header(numbers[k]))
            fail_msg("%s", numbers[k]);
}

static void fields_are_parted_as_the_header_is(void **state)
{
    (void)state;
    assert_string_equal(row_of("start,end,a,b", "0,10,1;2\t3,x y"), "0 10|1;2\t3|x y");
    assert_string_equal(row_of("start\tend\ta\tb", "0\t10\t1,2;3\tx y"), "0 10|1,2;3|x y");
    assert_string_equal(row_of("start;end;a;b", "0;10;1,2\t3;x y"), "0 10|1,2\t3|x y");
    assert_string_equal(row_of("start end  a b", " 0\t10 1,2;3   x "), "0 10|1,2;3|x");
    assert_string_equal(row_of("a,end", " x , 5 "), "-1 5|x");
    assert_string_equal(row_of("a\tend", " x \t 5 "), "-1 5|x");
    assert_string_equal(row_of("a,start", ",3"), "3 1000000|");
    assert_string_equal(row_of("start,b,c", "3,,"), "3 1000000||");
    assert_string_equal(row_of("a\tb\tend", "\t\t5"), "-1 5||");
}

static void quotes_hold_what_parts_fields(void **state)
{
    (void)state;
    assert_string_equal(row_of("end,a,b", "5,\"x,\"\"y\"\"\",\"\""), "-1 5|x,\"y\"|");
    assert_string_equal(row_of("end,a", "5, \"l1\nl2\r\nl3\" "), "-1 5|l1\nl2\r\nl3");
    assert_string_equal(row_of("\"end\",\"a\"", "\"5\",\" x \""), "-1 5| x ");
    assert_string_equal(row_of("end a b", "\"5\"\t\"55\" \"x y\""), "-1 5|55|x y");
    assert_string_equal(row_of("end a b", "\"5\"\t77 \"\"\"\"\t "), "-1 5|77|\"");
    assert_string_equal(row_of("end\ta", "5\t\"a\tb\""), "-1 5|a\tb");
    assert_string_equal(row_of("a,end", "\"#1\",5"), "-1 5|#1");
}

static void bad_rows_name_their_column(void **state)
{
    (void)state;
    static const struct {
        const char *row, *what;
    } cases[] = {
        {"0,10,1", "column b is missing: there are 3 fields, and the header has 4"},
        {"0", "column end is missing"},
        {"0,10,1,x,", "fields behind column b: 5, and the header has 4"},
        {"0,10,1,\"x", "column b has a quote that is not closed"},
        {"0,10,\"1\"2,x", "column a has a quote"},
        {"0,10,1,x\"", "column b has a quote"},
        {"0,10,1,5\" disk", "double those within"},
        {"0,x,1,x", "column end: 'x' is not an integer"},
        {",10,1,x", "column start: '' is not an integer"},
        {"0,9223372036854775808,1,x", "column end: '9223372036854775808' does not fit"},
        {"0.5,10,1,x", "column start: '0.5' is not an integer"},
        {"20,10,1,x", "the range runs backwards, from 20 to 10"},
        {"0,10,x,x", "column a: 'x' is not an integer"},
        {"0,10,,x", "column a: '' is empty"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *const text = row_of("start,end,a:int,b", cases[k].row);
        assert_contains(text, "parsum: f:2: ");
        assert_contains(text, cases[k].what);
    }
}

static void a_nul_is_refused_with_its_column(void **state)
{
    (void)state;
    const struct table table = table_of("end,a,b");
    char row[] = "5,x,y\0z";
    struct job job = {0};
    said_begin();
    assert_int_equal(table_row(&table, row, sizeof row - 1, "f:2", &job), STATUS_USAGE);
    assert_contains(said(), "f:2: column b holds a NUL byte");
    char header[] = "end,a\0bcdefghijklmnop";
    struct table other;
    struct columns names = {0};
    said_begin();
    assert_int_equal(table_header(&other, &names, header, sizeof header - 1, "f:1"), STATUS_USAGE);
    assert_contains(said(), "'a\\x00bcdefghijklmnop' is not a name");
    columns_clear(&names);
}

static void bad_headers_are_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *header, *what;
    } cases[] = {
        {"end,end", "column end is there twice"},
        {"start,a,start", "column start is there twice"},
        {"a,a", "column 'a' is there twice"},
        {"end,", "column '' is not a name"},
        {"end,sum", "column 'sum' is a name of parsum's output"},
        {"end,a:float", "there are the types"},
        {"end,\"a", "field 2 has a quote"},
        {"1,000 x", "column '1' is not a name"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct table table;
        char *const line = strdup(cases[k].header);
        columns_clear(&columns);
        said_begin();
        assert_int_equal(table_header(&table, &columns, line, strlen(line), "f:1"), STATUS_USAGE);
        assert_contains(said(), "parsum: f:1: '");
        assert_contains(said(), cases[k].header);
        assert_contains(said(), " is read as a header");
        assert_contains(said(), cases[k].what);
        free(line);
    }
}

static void a_header_may_have_256_columns_and_a_range(void **state)
{
    (void)state;
    char line[4096] = "start,end";
    for (int k = 0; k < COLUMNS_MAX; k++)
        sprintf(line + strlen(line), ",c%d", k);
    assert_int_equal(table_of(line).fields, COLUMNS_MAX + 2);
    strcat(line, ",more");
    struct table table;
    columns_clear(&columns);
    said_begin();
    assert_int_equal(table_header(&table, &columns, line, strlen(line), "f:1"), STATUS_USAGE);
    assert_contains(said(), "more than 256 columns");
    columns_clear(&columns);
}

static void a_row_ends_at_a_line_break_outside_of_quotes(void **state)
{
    (void)state;
    static const struct {
        char separator;
        const char *text; /* | stands where the row ends */
        bool open;
    } cases[] = {
        {',', "a,b|\nc", false},
        {',', "a,b|\r\nc", false},
        {',', "a,\"b\nc\"|\nd", false},
        {',', "a, \"b\r\nc\" |\rd", false},
        {',', "a,\"b\"\"\n\"\"\"|\nd", false},
        {',', "a,\"b\nc|", true},
        {',', "a,5\" b|\nc\"\n", false},
        {',', "# 5\" b|\nc\"\n", false},
        {',', "  # \"b|\nc\"\n", false},
        {',', "a b \"c|\nd\"", false},
        {' ', "a b \"c\nd\"|", false},
        {' ', "\"a\"\t\"\n\"|\n", false},
        {'\t', "a\t \"\n\"|\n", false},
        {'\t', "a \"|\n\"\n", false},
        {',', "\"a\" \"|\n\"", false},
        {',', "|\n\"a\n", false},
        {',', "|", false},
        {',', "\"|", true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[64];
        bool open;
        const size_t expected = strcspn(cases[k].text, "|");
        memcpy(text, cases[k].text, expected);
        strcpy(text + expected, cases[k].text + expected + 1);
        const size_t end = table_row_end(text, strlen(text), cases[k].separator, &open);
        if (end != expected || open != cases[k].open)
            fail_msg("case %zu: the row ends at %zu, %d", k, end, open);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_a_field_that_is_no_number),
        cmocka_unit_test(fields_are_parted_as_the_header_is),
        cmocka_unit_test(quotes_hold_what_parts_fields),
        cmocka_unit_test(bad_rows_name_their_column),
        cmocka_unit_test(a_nul_is_refused_with_its_column),
        cmocka_unit_test(bad_headers_are_quoted),
        cmocka_unit_test(a_header_may_have_256_columns_and_a_range),
        cmocka_unit_test(a_row_ends_at_a_line_break_outside_of_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
