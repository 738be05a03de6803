/* Is i a prime? Any return type will do; bool counts. */
#include <stdbool.h>

bool term(int64_t i)
{
    for (int64_t d = 2; d * d <= i; d++)
        if (i % d == 0)
            return false;
    return i >= 2;
}
