/* inside: what term_before.h gives to the functions that a term is offered, for their tests. */
#ifndef PARSUM_INSIDE_H
#define PARSUM_INSIDE_H

#define PARSUM_LOOK 0
#define PARSUM_PROOF 0
#define PARSUM_UNCHECKED
#define PARSUM_OWN static inline __attribute__((__always_inline__, __unused__))
#define PARSUM_REFUSE() ((void)inside_refused++)

static int inside_refused;

#endif
