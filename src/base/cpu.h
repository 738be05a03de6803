/*
 * cpu: what this CPU can do, by a feature's names for the compiler and for the C library:
 * CPU_HAS("avx512vl", AVX512VL).
 *
 * The GNU C library has asked the CPU before the program starts. The compiler's own
 * __builtin_cpu_supports asks it again at each start, and on a virtual machine each question is an
 * interruption: 45 us of the 1.06 ms of `parsum 1` (EPYC, KVM).
 */
#ifndef PARSUM_CPU_H
#define PARSUM_CPU_H

#if defined __x86_64__ && __has_include(<sys/platform/x86.h>)

#include <stdbool.h>
#include <sys/platform/x86.h>

/* As x86_cpu_active there, whose shift overflows. */
static inline bool cpu_is_active(unsigned index)
{
    const struct cpuid_feature *const leaf = __x86_get_cpuid_feature_leaf(index / 128);
    return leaf->active_array[index % 128 / 32] >> index % 32 & 1;
}

#define CPU_HAS(name, feature) cpu_is_active(x86_cpu_##feature)
#else
#define CPU_HAS(name, feature) __builtin_cpu_supports(name)
#endif

#endif
