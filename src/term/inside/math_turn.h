/* math_turn: sin, cos and tan of any argument, one by one and in vectors: see math_trig.h. */
#ifndef PARSUM_MATH_TURN_H
#define PARSUM_MATH_TURN_H

#include "math_trig.h"
#include "math_vector.h"
#if defined __AVX512F__ && !defined __clang__
#include "math_wide.h"
#endif

#define PARSUM_TURN(name)                                                                          \
    PARSUM_MATH double parsum_##name##_any(double x)                                               \
    {                                                                                              \
        return parsum_is_far(x, 0, PARSUM_NEAR) ? parsum_##name##_far(x)                           \
                                                : parsum_##name##_near(x);                         \
    }                                                                                              \
    PARSUM_BY_VECTOR(name, 0, PARSUM_NEAR, PARSUM_VECTOR_WIDE)

#endif
