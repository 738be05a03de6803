/* The same tests, compiled for this CPU: its vectors make other code of the generator. */
#include "test_random.c"
