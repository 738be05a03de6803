/* parsum_task: what a caller of the library asks for, as a task. */
#ifndef PARSUM_PARSUM_TASK_H
#define PARSUM_PARSUM_TASK_H

#include "base/error.h"
#include "parsum.h"
#include "task/task.h"

/* What a task_spec points to. */
struct task_room {
    struct job_given given;
    struct job_column *columns;
    struct data_given *arrays;
    struct function_spec function;
    const struct parsum_task *asked;
};

/* A copy of the caller's struct, whose size may be that of an older version. */
enum status task_take(struct parsum_task *own, const struct parsum_task *asked) MUST_CHECK;

/* Makes *spec of it; what both point to must outlive the use of *spec. The caller frees the room,
   also after a failure. */
enum status task_make(struct task_spec *spec, struct task_room *room,
                      const struct parsum_task *asked) MUST_CHECK;
void task_room_free(struct task_room *room);

#endif
