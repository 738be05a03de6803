/* session_mapped: tells of a file that becomes shorter while a term reads it. Belongs to session.
 */
#ifndef PARSUM_SESSION_MAPPED_H
#define PARSUM_SESSION_MAPPED_H

#include "jobs/data.h"

/* From here on the program ends with a line that names the array's file, if that is too short. */
void mapped_watch(const struct data_array *array);

/* No file is watched any longer: to be called before they are closed. */
void mapped_forget(void);

#endif
