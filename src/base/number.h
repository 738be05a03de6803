/*
 * number: numbers from text. A number is parsed whole: trailing text, overflow and range are
 * errors. Pure functions; thread-safe.
 */
#ifndef PARSUM_NUMBER_H
#define PARSUM_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_error {
    NUMBER_OK,
    NUMBER_SYNTAX, /* not an integer */
    NUMBER_RANGE,  /* an integer that does not fit in 64 bits, signed */
};

/*
 * Reads all `length` bytes of `text` as a signed 64-bit integer: an optional sign, digits, which
 * may be parted by single underscores, and an optional decimal exponent ("1e8", "25e-1" is none,
 * "1.5e3" is 1500) as long as the value is whole and exact.
 */
enum number_error number_parse(const char *text, size_t length, int64_t *value);

/*
 * Reads the digits at `text`, which something else must follow. Returns where they end; NULL if
 * there are none, or more than 18. Inline, as jobs are read by the million.
 */
static inline const char *number_take(const char *text, int64_t *value)
{
    const char *at = text;
    uint64_t number = 0;
    for (unsigned digit; (digit = (unsigned)*at - '0') <= 9; at++)
        number = 10 * number + digit;
    *value = (int64_t)number;
    return at > text && at - text <= 18 ? at : NULL;
}

/* The powers of ten that 64 bits hold. */
enum { NUMBER_POWERS = 20 };
extern const uint64_t number_powers[NUMBER_POWERS];

/* Writes `value` in decimal, at most 20 bytes without an end; returns where they end. */
char *number_print(int64_t value, char *text);

/*
 * Reads all `length` bytes of `text`, which need no end, as a decimal: an optional minus sign,
 * digits with or without a point, and an optional exponent, rounded once. False where that is none,
 * or where it has more than 19 digits or is too large or small for this fast way:
 * number_read_real then knows.
 */
bool number_read_decimal(const char *text, size_t length, double *value);

/*
 * A real from text and as text, with a point, whatever the locale of the process or thread: as
 * strtod, and as printf with %.*g (digits > 0) or %a (digits 0). The text has its end; returns
 * where that is.
 */
double number_read_real(const char *text, char **end);
enum { NUMBER_REAL = 40 };
char *number_print_real(double value, int digits, char text[NUMBER_REAL]);

/*
 * Reads all `length` bytes of `text` as a duration: seconds, which may have a fraction ("90",
 * "0.5", ".5"), the same with a unit ("90s", "15m", "2h", "1.5d"), "[HOURS:]MINUTES:SECONDS", or,
 * as Slurm writes it, "DAYS-HOURS[:MINUTES[:SECONDS]]", with two digits behind each colon.
 * NUMBER_RANGE: longer than a hundred years.
 */
enum number_error number_parse_duration(const char *text, size_t length, uint64_t *ns);

/* What is wrong, as the end of a sentence: "is not an integer", "does not fit in 64 bits (...)". */
const char *number_error_text(enum number_error error);

#endif
