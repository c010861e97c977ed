/* avx2.c - 8 lanes, 16 registers (Intel Haswell 2013, AMD Zen 2017 and later). */
#if defined(__x86_64__)
#include "kernels/avx2.inc.h"
#include "kernels/vector.inc.h"

const Kernels kernels_avx2 = KERNELS("avx2", false, update);
#else
typedef int kernels_avx2_not_built;
#endif
