#include "exact/extreme.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 uint128;

bool extreme_beats(unsigned what, const struct extreme *a, const struct extreme *b)
{
    const struct extreme *const more = what & EXTREME_GREATEST ? a : b;
    const struct extreme *const less = what & EXTREME_GREATEST ? b : a;
    if (what & EXTREME_REAL)
        return less->value.real < more->value.real;
    if (what & EXTREME_NATURAL)
        return (uint128)less->value.integer < (uint128)more->value.integer;
    return less->value.integer < more->value.integer;
}

static bool is_before(const struct extreme *a, const struct extreme *b)
{
    return a->run != b->run ? a->run < b->run : a->i < b->i;
}

void extreme_merge(unsigned what, struct extreme *into, const struct extreme *from)
{
    if (from->run == 0)
        return;
    if (into->run == 0 || extreme_beats(what, from, into) ||
        (is_before(from, into) && !extreme_beats(what, into, from)))
        *into = *from;
}

char *extreme_print(unsigned what, const struct extreme *extreme, char text[EXTREME_TEXT])
{
    (void)what;
    if (extreme->run == 0)
        return strcpy(text, "-") + 1;
    const uint128 bits = (uint128)extreme->value.integer;
    return text + snprintf(text, EXTREME_TEXT, "%" PRId64 ":%" PRId64 ":%016" PRIx64 "%016" PRIx64,
                           extreme->run, extreme->i, (uint64_t)(bits >> 64), (uint64_t)bits);
}

/* Reads the text, prints what came out, and compares: that rejects all other text. */
bool extreme_parse(unsigned what, const char *text, struct extreme *extreme)
{
    char again[EXTREME_TEXT];
    uint64_t high = 0, low = 0;
    *extreme = (struct extreme){.run = 0};
    if (strlen(text) >= EXTREME_TEXT)
        return false;
    if (strcmp(text, "-") == 0)
        return true;
    if (sscanf(text, "%" SCNd64 ":%" SCNd64 ":%16" SCNx64 "%16" SCNx64, &extreme->run, &extreme->i,
               &high, &low) != 4)
        return false;
    extreme->value.integer = (__int128)((uint128)high << 64 | low);
    extreme_print(what, extreme, again);
    return strcmp(text, again) == 0 && extreme->run > 0 &&
           (!(what & EXTREME_REAL) || (high == 0 && isfinite(extreme->value.real)));
}
