/* avx512.c - 16 lanes, 32 registers (Intel Skylake-X 2017, AMD Zen 4 2022 and later). */
#if defined(__x86_64__)
#include "kernels/avx512.inc.h"
#include "kernels/vector.inc.h"

const Kernels kernels_avx512 = KERNELS("avx512", false, update);
#else
typedef int kernels_avx512_not_built;
#endif
