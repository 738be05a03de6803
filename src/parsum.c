#include "parsum.h"

#include "base/machine.h"

const char *parsum_version(void)
{
    return machine_version();
}
