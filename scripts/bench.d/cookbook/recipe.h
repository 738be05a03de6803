/* What the plain programs of the cookbook share: mapped .npy files, the clock, and the answer as
   JSON. */
#ifndef RECIPE_H
#define RECIPE_H

#include "../now.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The elements of a .npy file of version 1, of eight bytes each; *n is how many there are. */
static inline const void *load_npy(const char *path, int64_t *n)
{
    struct stat found;
    const int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &found) != 0)
        exit(1);
    const char *begin =
        mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (begin == MAP_FAILED)
        exit(1);
    const int64_t head = 10 + (unsigned char)begin[8] + 256 * (unsigned char)begin[9];
    *n = (found.st_size - head) / 8;
    return begin + head;
}

/* When the loop began, with its data at hand, and how long it took. */
static double begun, seconds;

static inline void begin(void)
{
    begun = now();
}

static inline void end_loop(void)
{
    seconds = now() - begun;
}

/* After end_loop, or at the end of the loop. */
static inline int answer(double total)
{
    if (seconds == 0)
        end_loop();
    return printf("{\"total\": \"%.17g\", \"seconds\": %.9f}\n", total, seconds) < 0;
}

#endif
