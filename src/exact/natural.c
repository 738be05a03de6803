#include "exact/natural.h"

#include <string.h>

static void trim(struct natural *number)
{
    while (number->length > 0 && number->limb[number->length - 1] == 0)
        number->length--;
}

void natural_set(struct natural *number, unsigned __int128 value)
{
    number->limb[0] = (uint64_t)value;
    number->limb[1] = (uint64_t)(value >> 64);
    number->length = 2;
    trim(number);
}

int natural_bits(const struct natural *number)
{
    const int n = number->length;
    return n == 0 ? 0 : 64 * n - __builtin_clzll(number->limb[n - 1]);
}

int natural_compare(const struct natural *a, const struct natural *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    for (int k = a->length - 1; k >= 0; k--)
        if (a->limb[k] != b->limb[k])
            return a->limb[k] < b->limb[k] ? -1 : 1;
    return 0;
}

void natural_add(struct natural *sum, const struct natural *a, const struct natural *b)
{
    const struct natural *const longer = a->length < b->length ? b : a;
    const struct natural *const shorter = a->length < b->length ? a : b;
    const int n = longer->length, m = shorter->length;
    unsigned __int128 carry = 0;
    for (int k = 0; k < n; k++) {
        carry += (unsigned __int128)longer->limb[k] + (k < m ? shorter->limb[k] : 0);
        sum->limb[k] = (uint64_t)carry;
        carry >>= 64;
    }
    sum->length = n;
    if (carry != 0)
        sum->limb[sum->length++] = (uint64_t)carry;
}

void natural_subtract(struct natural *difference, const struct natural *a, const struct natural *b)
{
    const int n = a->length, m = b->length;
    uint64_t borrow = 0;
    for (int k = 0; k < n; k++) {
        const unsigned __int128 taken = (unsigned __int128)(k < m ? b->limb[k] : 0) + borrow;
        borrow = a->limb[k] < taken;
        difference->limb[k] = a->limb[k] - (uint64_t)taken;
    }
    difference->length = n;
    trim(difference);
}

void natural_multiply(struct natural *product, const struct natural *a, const struct natural *b)
{
    const int n = a->length, m = b->length;
    memset(product->limb, 0, (size_t)(n + m) * sizeof *product->limb);
    for (int j = 0; j < n; j++) {
        unsigned __int128 carry = 0;
        for (int k = 0; k < m; k++) {
            carry += (unsigned __int128)a->limb[j] * b->limb[k] + product->limb[j + k];
            product->limb[j + k] = (uint64_t)carry;
            carry >>= 64;
        }
        product->limb[j + m] = (uint64_t)carry;
    }
    product->length = n + m;
    trim(product);
}

void natural_shift(struct natural *shifted, const struct natural *a, int bits)
{
    const int whole = bits / 64, rest = bits % 64, n = a->length;
    if (n == 0) {
        shifted->length = 0;
        return;
    }
    if (rest > 0)
        shifted->limb[n + whole] = a->limb[n - 1] >> (64 - rest);
    for (int k = n - 1; k >= 0; k--) {
        const uint64_t below = k > 0 && rest > 0 ? a->limb[k - 1] >> (64 - rest) : 0;
        shifted->limb[k + whole] = a->limb[k] << rest | below;
    }
    memset(shifted->limb, 0, (size_t)whole * sizeof *shifted->limb);
    shifted->length = n + whole + (rest > 0);
    trim(shifted);
}

/* Bits [at, at + 64). */
static uint64_t window64(const struct natural *number, int at)
{
    const int k = at >= 0 ? at / 64 : -((63 - at) / 64), r = at - 64 * k;
    const uint64_t low = k >= 0 && k < number->length ? number->limb[k] : 0;
    const uint64_t high = k + 1 >= 0 && k + 1 < number->length ? number->limb[k + 1] : 0;
    return r == 0 ? low : low >> r | high << (64 - r);
}

unsigned __int128 natural_window(const struct natural *number, int at)
{
    return (unsigned __int128)window64(number, at + 64) << 64 | window64(number, at);
}

bool natural_any_below(const struct natural *number, int count)
{
    for (int k = 0; k < number->length && 64 * k < count; k++) {
        const int here = count - 64 * k;
        if ((here >= 64 ? number->limb[k] : number->limb[k] << (64 - here)) != 0)
            return true;
    }
    return false;
}
