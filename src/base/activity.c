#include "base/activity.h"

_Thread_local struct activity activity;
struct activity_host activity_host;

void activity_ended(void *none)
{
    if (activity_host.ended)
        activity_host.ended(none);
}
