/*
 * term_pick: which function a macro calls for arguments of these types.
 *
 * C text for the file that a term is compiled in. Integers of up to 64 bits have a function, other
 * types do not compile. An argument is evaluated once, by the call.
 */
#pragma GCC system_header
#ifndef PARSUM_PICK_H
#define PARSUM_PICK_H

/* One function if the type of an expression, which is not evaluated, is up to int64_t, another one
   for uint64_t. */
#define PARSUM_PICK(x, if_signed, if_unsigned)                                                     \
    _Generic((x), int                                                                              \
             : if_signed, long                                                                     \
             : if_signed, long long                                                                \
             : if_signed, unsigned                                                                 \
             : if_signed, unsigned long                                                            \
             : if_unsigned, unsigned long long                                                     \
             : if_unsigned)

/* An expression of the type that the sum of these has, which might overflow. */
#define PARSUM_COMMON2(a, b) (1 ? (a) : (b))
#define PARSUM_COMMON3(a, b, c) (1 ? (a) : 1 ? (b) : (c))

#endif
