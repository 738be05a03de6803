/* functions: all of parsum's mathematical functions, and the list of them, for their tests. */
#ifndef PARSUM_TESTS_MATH_FUNCTIONS_H
#define PARSUM_TESTS_MATH_FUNCTIONS_H

#include "term/inside/math_arc.h"
#include "term/inside/math_cos.h"
#include "term/inside/math_erf.h"
#include "term/inside/math_erfc.h"
#include "term/inside/math_exp.h"
#include "term/inside/math_hyperbolic.h"
#include "term/inside/math_log.h"
#include "term/inside/math_pow.h"
#include "term/inside/math_root.h"
#include "term/inside/math_sin.h"
#include "term/inside/math_tan.h"

/* ONE(NAME) for those of one argument, TWO(NAME) for those of two. */
/* clang-format off */
#define FUNCTIONS(ONE, TWO)                                                                        \
    ONE(exp) ONE(exp2) ONE(expm1) ONE(log) ONE(log2) ONE(log10) ONE(log1p) TWO(pow) ONE(cbrt)      \
    TWO(hypot) ONE(sin) ONE(cos) ONE(tan) ONE(asin) ONE(acos) ONE(atan) TWO(atan2) ONE(sinh)       \
    ONE(cosh) ONE(tanh) ONE(erf) ONE(erfc)
/* clang-format on */

#endif
