/*
 * hint: what people who come from other languages write in an expression, and what C has for it.
 * Knows C text, and no compiler.
 *
 * Thread-safe.
 */
#ifndef PARSUM_HINT_H
#define PARSUM_HINT_H

/* What to write in place of what the compiler has refused as `what`; NULL: nothing is known. */
const char *hint_remedy(const char *expression, const char *what);

/* Notes what C takes another way than it was likely meant; `option` is "--term" and so on. */
void hint_note(const char *option, const char *expression);

#endif
