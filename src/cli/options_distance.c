#include "cli/options_distance.h"

#include <string.h>

/* One row of the table of distances at a time: row[k] is that of the first k bytes of b. */
unsigned options_distance(const char *a, const char *b)
{
    unsigned row[32];
    const size_t width = strlen(b);
    for (unsigned k = 0; k <= width; k++)
        row[k] = k;
    for (unsigned line = 1; *a; a++, line++) {
        unsigned diagonal = row[0];
        row[0] = line;
        for (size_t k = 1; k <= width; k++) {
            const unsigned above = row[k];
            unsigned least = diagonal + (*a != b[k - 1]);
            if (above + 1 < least)
                least = above + 1;
            if (row[k - 1] + 1 < least)
                least = row[k - 1] + 1;
            row[k] = least;
            diagonal = above;
        }
    }
    return row[width];
}
