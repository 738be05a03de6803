/* The same tests, compiled for this CPU: its vectors make another term_real. */
#include "test_term_real.c"
