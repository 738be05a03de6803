/*
 * fuzz: what the fuzz targets share. A target is one function that takes any bytes and must come
 * back; libFuzzer makes them up (preset fuzz), and replay.c feeds it the seeds elsewhere.
 */
#ifndef PARSUM_FUZZ_H
#define PARSUM_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As assert, and in every build. */
#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
