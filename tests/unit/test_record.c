#include "check.h"
#include "base/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct record_reader reader;

/* A file without a name that holds `bytes`. */
static int file_of(const void *bytes, size_t count)
{
    FILE *const file = tmpfile();
    assert_non_null(file);
    const int fd = dup(fileno(file));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(pwrite(fd, bytes, count, 0), count);
    return fd;
}

static size_t append(char *at, const char *text)
{
    const size_t length = strlen(text);
    memcpy(at, text, length);
    record_seal(at, length);
    return length + RECORD_SEAL;
}

static void records_are_read_as_they_were_written(void **state)
{
    (void)state;
    static char file[4 * (RECORD_TEXT + RECORD_SEAL)], longest[RECORD_TEXT + 1];
    memset(longest, 'x', RECORD_TEXT);
    const char *const texts[] = {"one", "", "two words", longest};
    size_t size = 0;
    for (size_t k = 0; k < 4; k++)
        size += append(file + size, texts[k]);
    const int fd = file_of(file, size);
    record_start(&reader, fd);
    for (size_t k = 0; k < 4; k++) {
        char *text;
        size_t length;
        assert_int_equal(record_read(&reader, &text, &length), RECORD_READ);
        assert_string_equal(text, texts[k]);
        assert_int_equal(length, strlen(texts[k]));
    }
    char *text;
    size_t length;
    assert_int_equal(record_read(&reader, &text, &length), RECORD_END);
    assert_int_equal(reader.offset, size);
    close(fd);
}

static void no_change_of_one_byte_goes_unnoticed(void **state)
{
    (void)state;
    char file[64];
    const size_t size = append(file, "checkpoint 7 total 12");
    for (size_t at = 0; at < size; at++) {
        for (int with = 1; with < 256; with++) {
            file[at] = (char)(file[at] ^ with);
            const int fd = file_of(file, size);
            char *text;
            size_t length;
            record_start(&reader, fd);
            assert_int_equal(record_read(&reader, &text, &length), RECORD_BAD);
            close(fd);
            file[at] = (char)(file[at] ^ with);
        }
    }
}

/* What a crash may leave: a line without end, zeros, another file's blocks. */
static void after_rubbish_of_any_length_the_next_record_is_found(void **state)
{
    (void)state;
    static char file[300000];
    static const size_t lengths[] = {1, 17, 18, 8209, 8211, 65535, 65536, 65537, 131072, 200000};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        memset(file, k % 2 ? 0 : 'x', lengths[k]);
        file[lengths[k]] = '\n';
        const size_t size = lengths[k] + 1 + append(file + lengths[k] + 1, "here");
        const int fd = file_of(file, size);
        char *text;
        size_t length;
        record_start(&reader, fd);
        assert_int_equal(record_read(&reader, &text, &length), RECORD_BAD);
        assert_int_equal(reader.offset, 0);
        assert_int_equal(record_read(&reader, &text, &length), RECORD_READ);
        assert_int_equal(reader.offset, lengths[k] + 1);
        assert_string_equal(text, "here");
        assert_int_equal(record_read(&reader, &text, &length), RECORD_END);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_as_they_were_written),
        cmocka_unit_test(no_change_of_one_byte_goes_unnoticed),
        cmocka_unit_test(after_rubbish_of_any_length_the_next_record_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
