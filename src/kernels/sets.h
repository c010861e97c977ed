/* sets.h - the kernel sets that this build has; dispatch.c knows which of them can run. */
#ifndef N2V_KERNELS_SETS_H
#define N2V_KERNELS_SETS_H

#include "kernels/kernels.h"

extern const Kernels kernels_scalar;
#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
extern const Kernels kernels_avx512bf16;
#endif

#endif
