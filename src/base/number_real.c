#include "base/number.h"

#include <string.h>

enum { POWER_MOST = NUMBER_POWERS - 1, DIGITS_MOST = 19 };

/* The double nearest to (bits + a part of 1, if `more`) * 2^exponent, ties to even; bits >= 2^63.
 */
static double round_bits(uint64_t bits, bool more, int exponent)
{
    const uint64_t rest = bits & 0x7ff, half = 0x400;
    uint64_t kept = bits >> 11; /* 53 bits */
    kept += rest > half || (rest == half && (more || (kept & 1)));
    const uint64_t scale = (uint64_t)(exponent + 11 + 1023) << 52;
    double power;
    memcpy(&power, &scale, sizeof power);
    return (double)kept * power;
}

/* digits * 10^power, rounded once. */
static double scale(uint64_t digits, int power)
{
    if (digits <= UINT64_C(1) << 53) /* both are doubles: after W. D. Clinger, 1990 */
        return power < 0 ? (double)digits / (double)number_powers[-power]
                         : (double)digits * (double)number_powers[power];
    const int shift = __builtin_clzll(digits);
    const uint64_t top = digits << shift;
    if (power >= 0) {
        const unsigned __int128 product = (unsigned __int128)top * number_powers[power];
        const uint64_t high = (uint64_t)(product >> 64);
        const int up = high ? __builtin_clzll(high) : 64;
        const unsigned __int128 full = product << up;
        return round_bits((uint64_t)(full >> 64), (uint64_t)full != 0, 64 - up - shift);
    }
    /* The divisor has its highest bit set and the dividend's upper half is less, so that the
       quotient has 64 bits, or 63. */
    const int down = __builtin_clzll(number_powers[-power]);
    const uint64_t divisor = number_powers[-power] << down;
    const unsigned __int128 dividend = (unsigned __int128)top << 63;
    uint64_t quotient = (uint64_t)(dividend / divisor);
    const bool more = (uint64_t)dividend != quotient * divisor;
    const int up = __builtin_clzll(quotient);
    /* The bit that is shifted in is 0: a quotient of 63 bits is more than 53 and a tie. */
    return round_bits(quotient << up, more, down - 63 - shift - up);
}

bool number_read_decimal(const char *text, size_t length, double *value)
{
    const char *at = text, *const end = text + length;
    const bool negative = at < end && *at == '-';
    uint64_t digits = 0;
    int count = 0, behind = 0, exponent = 0;
    bool point = false, any = false;
    for (at += negative; at < end; at++) {
        const unsigned digit = (unsigned)(*at - '0');
        if (digit <= 9) {
            any = true;
            digits = 10 * digits + digit;
            count += count > 0 || digit > 0;
            behind += point;
        } else if (*at == '.' && !point) {
            point = true;
        } else {
            break;
        }
        if (count > DIGITS_MOST)
            return false;
    }
    if (at < end && any && (*at == 'e' || *at == 'E')) {
        at++;
        const bool small = at < end && *at == '-';
        at += at < end && (*at == '-' || *at == '+');
        const char *const from = at;
        for (; at < end && *at >= '0' && *at <= '9' && at < from + 3; at++)
            exponent = 10 * exponent + (*at - '0');
        any = at > from;
        exponent = small ? -exponent : exponent;
    }
    const int power = exponent - behind;
    if (!any || at < end || power > POWER_MOST || power < -POWER_MOST)
        return false;
    const double magnitude = scale(digits, power);
    *value = negative ? -magnitude : magnitude;
    return true;
}
