/* math_cos: cos, as math_trig.h has it. */
#ifndef PARSUM_MATH_COS_H
#define PARSUM_MATH_COS_H

#include "math_turn.h"

PARSUM_TURN(cos)
PARSUM_OF_FLOAT(cos)

#endif
