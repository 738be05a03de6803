/* math_sin: sin, as math_trig.h has it. */
#ifndef PARSUM_MATH_SIN_H
#define PARSUM_MATH_SIN_H

#include "math_turn.h"

PARSUM_TURN(sin)
PARSUM_OF_FLOAT(sin)

#endif
