/* dispatch.c - which kernel set runs: the best that processor and system support. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
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

static const char *set_name(const void *list, size_t index)
{
    const Kernels *set = kernels_at(index);
    (void)list;
    return set ? set->name : NULL;
}

/* Who asked for the set: the setting, or the environment. */
static n2v_status fail_name(const char *name, bool from_environment, Precision precision, n2v_error *error)
{
    const char *in = precision == PRECISION_BF16 ? " in bf16" : precision == PRECISION_FP32 ? " in fp32" : "";
    char names[64];

    (void)names_join(set_name, NULL, names, sizeof names);
    if (from_environment)
        return error_set(error, N2V_ERROR_ARGUMENT, "N2V_KERNELS=%s%s: this machine runs %s", name, in, names);
    return error_set(error, N2V_ERROR_ARGUMENT, SETTING("kernels") " %s%s: this machine runs %s", name, in, names);
}

n2v_status kernels_choose(Precision precision, const char *name, const Kernels **kernels, n2v_error *error)
{
    const bool given = name && strcmp(name, "auto");
    const char *wanted = given ? name : getenv("N2V_KERNELS");
    const Kernels *set;

    *kernels = NULL;
    for (size_t i = 0; (set = kernels_at(i)); i++)
        if ((!wanted || !*wanted || strcmp(wanted, set->name) == 0) &&
            (precision == PRECISION_AUTO || set->bf16 == (precision == PRECISION_BF16)))
            *kernels = set;
    if (*kernels)
        return N2V_OK;
    if (wanted && *wanted)
        return fail_name(wanted, !given, precision, error);
    return error_set(error, N2V_ERROR_ARGUMENT, "this processor has no arithmetic in bf16; fp32 is for all");
}
