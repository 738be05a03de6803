/*
 * said: what the code under test has said, notes and then the error, as the command line would.
 *
 *     said_begin();
 *     error_set(STATUS_FAILED, "disk full");
 *     assert_string_equal(said(), "parsum: disk full\n");
 */
#ifndef PARSUM_SAID_H
#define PARSUM_SAID_H

#include "base/error.h"
#include "check.h"

#include <stdio.h>

static struct {
    char notes[1 << 16];
    char all[1 << 17];
} said_text;

static inline void said_note(const char *text)
{
    const size_t length = strlen(said_text.notes);
    snprintf(said_text.notes + length, sizeof said_text.notes - length, "parsum: %s\n", text);
}

/* Forgets what was said, so that what fails next has the first error. */
static inline void said_begin(void)
{
    said_text.notes[0] = '\0';
    error_clear();
    error_take_notes(said_note);
}

/* What was said since then; valid until the next call. */
static inline const char *said(void)
{
    const struct error error = error_last();
    snprintf(said_text.all, sizeof said_text.all, error.status ? "%sparsum: %s\n" : "%s%s",
             said_text.notes, error.text);
    return said_text.all;
}

#endif
