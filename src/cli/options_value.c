#include "cli/options_value.h"

#include "run/window.h"
#include "base/clock.h"
#include "base/number.h"

#include <string.h>

enum status options_number(const char *option, const char *text, int64_t least, int64_t most,
                           int64_t *value)
{
    char quoted[ERROR_QUOTED];
    const enum number_error error = number_parse(text, strlen(text), value);
    if (!error && least <= *value && *value <= most)
        return STATUS_OK;
    error_quote(text, strlen(text), quoted);
    if (error == NUMBER_SYNTAX)
        return error_set(STATUS_USAGE, "--%s: %s is not an integer; give one from %lld to %lld",
                         option, quoted, (long long)least, (long long)most);
    return error_set(STATUS_USAGE, "--%s: %s is out of range; give an integer from %lld to %lld",
                     option, quoted, (long long)least, (long long)most);
}

enum status options_max_time(const char *text, uint64_t *stop_ns)
{
    uint64_t ns;
    char quoted[ERROR_QUOTED];
    if (number_parse_duration(text, strlen(text), &ns) != NUMBER_OK || ns == 0)
        return error_set(STATUS_USAGE,
                         "--max-time: %s is no duration, of more than 0 and up to 100 years; give "
                         "seconds, a number and s, m, h or d, H:MM:SS or D-HH:MM:SS",
                         error_quote(text, strlen(text), quoted));
    *stop_ns = clock_ns() + ns;
    return STATUS_OK;
}

enum status options_grain(const char *text, uint64_t *grain)
{
    if (strcmp(text, "job") == 0) {
        *grain = GRAIN_JOB;
        return STATUS_OK;
    }
    int64_t value;
    char quoted[ERROR_QUOTED];
    if (number_parse(text, strlen(text), &value) != NUMBER_OK || value < 1)
        return error_set(STATUS_USAGE,
                         "--grain: %s is neither a number of terms, 1 or more, nor \"job\"",
                         error_quote(text, strlen(text), quoted));
    *grain = (uint64_t)value;
    return STATUS_OK;
}

enum status options_format(const char *text, enum options_format *format)
{
    static const char *const names[] = {"text", "csv", "json", "npy"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        if (strcmp(text, names[k]) == 0) {
            *format = (enum options_format)k;
            return STATUS_OK;
        }
    }
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "--format: %s is none; give text, csv, json or npy",
                     error_quote(text, strlen(text), quoted));
}

enum status options_help_action(const char *text, enum options_action *action)
{
    char quoted[ERROR_QUOTED];
    if (text && strcmp(text, "all") != 0)
        return error_set(STATUS_USAGE, "--help: %s is none; give --help or --help=all",
                         error_quote(text, strlen(text), quoted));
    *action = text ? ACTION_HELP_ALL : ACTION_HELP;
    return STATUS_OK;
}
