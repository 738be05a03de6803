/* math_tan: tan, as math_trig.h has it. */
#ifndef PARSUM_MATH_TAN_H
#define PARSUM_MATH_TAN_H

#include "math_turn.h"

PARSUM_TURN(tan)
PARSUM_OF_FLOAT(tan)

#endif
