/* options_distance: how far a mistyped name is from a right one. */
#ifndef PARSUM_OPTIONS_DISTANCE_H
#define PARSUM_OPTIONS_DISTANCE_H

/*
 * How many bytes have to be put in, taken out or changed to turn a into b (Levenshtein's distance);
 * b has at most 31 bytes. Pure; thread-safe.
 */
unsigned options_distance(const char *a, const char *b);

#endif
