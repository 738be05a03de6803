/*
 * window_short: adds up short jobs of reals, many at once. Belongs to window.
 *
 * A job of ten terms takes less time than to call the user's term for it, and to clear, round and
 * merge a sum. So the terms of as many jobs as come to TERM_SHORT are evaluated into one array, by
 * one call where their integers follow each other, and the array goes through the lanes (lists).
 */
#ifndef PARSUM_WINDOW_SHORT_H
#define PARSUM_WINDOW_SHORT_H

#include "exact/lists.h"
#include "run/window.h"

/*
 * Adds up jobs from job j on, before job `end`, and adds their terms to *whole too.
 * Returns the number of the first job that is left over: j itself if it is too long, if the term is
 * not for this, or if there is a fault, which nobody tells: then the jobs are to be added one by
 * one.
 */
size_t window_add_short(struct window *window, size_t j, size_t end, const struct term *term,
                        struct lists *lists, struct sums *whole);

#endif
