/* Any bytes as a number: what is accepted must be what strtoll and the printed number say. */
#include "fuzz.h"
#include "base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* True if text is a sign and digits and nothing else, which strtoll can judge too. */
static bool is_plain(const char *text, size_t length)
{
    const size_t sign = length > 0 && (text[0] == '-' || text[0] == '+');
    return length > sign && strspn(text + sign, "0123456789") == length - sign;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *const text = malloc(size + 1);
    DEMAND(text);
    memcpy(text, data, size);
    text[size] = '\0';

    int64_t value = 0;
    const enum number_error error = number_parse((const char *)data, size, &value);
    DEMAND(*number_error_text(error));
    if (is_plain(text, size)) {
        errno = 0;
        const long long expected = strtoll(text, NULL, 10);
        DEMAND(error == (errno == ERANGE ? NUMBER_RANGE : NUMBER_OK));
        DEMAND(error || value == expected);
    }
    if (!error) {
        char printed[32];
        const int length = snprintf(printed, sizeof printed, "%" PRId64, value);
        int64_t again = ~value;
        DEMAND(number_parse(printed, (size_t)length, &again) == NUMBER_OK && again == value);
    }
    uint64_t ns = 0;
    if (number_parse_duration((const char *)data, size, &ns) == NUMBER_OK)
        DEMAND(ns <= UINT64_C(100) * 366 * 86400 * 1000000000);
    free(text);
    return 0;
}
