/*
 * modes: rounding to nearest, subnormals included and no traps, for a stretch of arithmetic,
 * whatever the process has set. -ffast-math, in any library of a process, may have subnormals
 * flushed to zero; a program may trap on overflow, or round upwards.
 */
#ifndef PARSUM_MODES_H
#define PARSUM_MODES_H

#include <fenv.h>
#include <stdbool.h>
#include <stdint.h>

#if defined __SSE2__

typedef uint32_t modes;
/* As C programs start: all exceptions masked, none raised. */
#define MODES_DEFAULT 0x1f80u

static inline modes modes_now(void)
{
    return __builtin_ia32_stmxcsr();
}

/* Whether the default modes are in force; flags that are raised do not count. */
static inline bool modes_are_default(void)
{
    return (modes_now() & ~0x3fu) == MODES_DEFAULT;
}

/* Sets the default modes. Returns what was set, for modes_restore; flags are as they were, then. */
static inline modes modes_default(void)
{
    const modes before = modes_now();
    __builtin_ia32_ldmxcsr(MODES_DEFAULT);
    return before;
}

static inline void modes_restore(modes before)
{
    __builtin_ia32_ldmxcsr(before);
}

#elif defined __aarch64__

typedef uint64_t modes;

static inline modes modes_now(void)
{
    modes now;
    __asm__ volatile("mrs %0, fpcr" : "=r"(now));
    return now;
}

static inline void modes_restore(modes before)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
}

static inline bool modes_are_default(void)
{
    return modes_now() == 0;
}

static inline modes modes_default(void)
{
    const modes before = modes_now();
    modes_restore(0);
    return before;
}

#else

typedef fenv_t modes;

static inline bool modes_are_default(void)
{
    return fegetround() == FE_TONEAREST;
}

static inline modes modes_default(void)
{
    modes before;
    feholdexcept(&before);
    fesetround(FE_TONEAREST);
    return before;
}

static inline void modes_restore(modes before)
{
    fesetenv(&before);
}

#endif

#endif
