/* dispatch.c - which kernel set runs: the best that processor and system support. */
#include <stdlib.h>
#include <string.h>

#include "kernels/sets.h"

static bool supported(const Kernels *set)
{
#if defined(__x86_64__)
    __builtin_cpu_init(); /* looks at CPUID, and at XGETBV for what the system saves */
    if (set == &kernels_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (set == &kernels_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
    if (set == &kernels_avx512bf16)
        return supported(&kernels_avx512) && __builtin_cpu_supports("avx512bf16");
#endif
    return set == &kernels_scalar;
}

/* From the reference to the fastest. */
static const Kernels *const sets[] = {
    &kernels_scalar,
#if defined(__x86_64__)
    &kernels_avx2,
    &kernels_avx512,
    &kernels_avx512bf16,
#endif
};

const Kernels *kernels_at(size_t index)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (supported(sets[i]) && index-- == 0)
            return sets[i];
    return NULL;
}

n2v_status kernels_choose(Precision precision, const Kernels **kernels, n2v_error *error)
{
    const char *wanted = getenv("N2V_KERNELS");
    char names[64] = "";
    const Kernels *set;

    *kernels = NULL;
    for (size_t i = 0; (set = kernels_at(i)); i++) {
        if ((!wanted || !*wanted || strcmp(wanted, set->name) == 0) &&
            (precision == PRECISION_AUTO || set->bf16 == (precision == PRECISION_BF16)))
            *kernels = set;
        if (i)
            strncat(names, ", ", sizeof names - strlen(names) - 1);
        strncat(names, set->name, sizeof names - strlen(names) - 1);
    }
    if (*kernels)
        return N2V_OK;
    if (wanted && *wanted)
        return error_set(error, N2V_ERROR_ARGUMENT, "N2V_KERNELS=%s%s: this machine runs %s", wanted,
                         precision == PRECISION_BF16   ? " in bf16"
                         : precision == PRECISION_FP32 ? " in fp32"
                                                       : "",
                         names);
    return error_set(error, N2V_ERROR_ARGUMENT, "this processor has no arithmetic in bf16; fp32 is for all");
}
