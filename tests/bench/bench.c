#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ROUNDS        9
#define QUICK_ROUNDS  5
#define ROUND_SECONDS 0.004
#define FMA_STEPS     200000
#define CHAINS        16 /* independent FMAs: more than latency times width of any core */

bool bench_quick(void)
{
    const char *quick = getenv("QUICK");
    return quick && *quick && strcmp(quick, "0") != 0;
}

double bench_now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double time_calls(clockid_t clock, void (*work)(void *), void *context, size_t calls)
{
    const double start = bench_now(clock);
    for (size_t i = 0; i < calls; i++)
        work(context);
    return bench_now(clock) - start;
}

double bench_time(clockid_t clock, void (*work)(void *context), void *context)
{
    const size_t rounds = bench_quick() ? QUICK_ROUNDS : ROUNDS;
    double seconds[ROUNDS];
    size_t calls = 1;

    while (time_calls(clock, work, context, calls) < ROUND_SECONDS)
        calls *= 2;
    for (size_t i = 0; i < rounds; i++)
        seconds[i] = time_calls(clock, work, context, calls) / (double)calls;
    return bench_median(seconds, rounds);
}

/* Loops for a width of vectors: FMAs, of numbers that tend to 1 and mean nothing; and an
 * array scaled in place. */
typedef struct loops {
    double lanes;
    void (*fma)(void *context), (*scale)(void *context);
} loops;

typedef struct stretch {
    float *floats;
    size_t count;
} stretch;

#define LOOPS(name, lanes, target)                                                                                     \
    typedef float vec_##name __attribute__((vector_size(lanes * 4), may_alias));                                       \
    target static void fma_##name(void *context)                                                                       \
    {                                                                                                                  \
        vec_##name sums[CHAINS], *out = context;                                                                       \
        const vec_##name half = *out;                                                                                  \
        for (size_t i = 0; i < CHAINS; i++)                                                                            \
            sums[i] = half;                                                                                            \
        for (size_t step = 0; step < FMA_STEPS; step++)                                                                \
            UNROLL for (size_t i = 0; i < CHAINS; i++) sums[i] = sums[i] * half + half;                                \
        for (size_t i = 1; i < CHAINS; i++)                                                                            \
            sums[0] += sums[i];                                                                                        \
        *out = sums[0] * 0 + half;                                                                                     \
    }                                                                                                                  \
    target static void scale_##name(void *context)                                                                     \
    {                                                                                                                  \
        const stretch *s = context;                                                                                    \
        vec_##name *at = (vec_##name *)s->floats, *end = (vec_##name *)(s->floats + s->count);                         \
        for (; at < end; at += 4)                                                                                      \
            UNROLL for (size_t i = 0; i < 4; i++) at[i] *= 0.5f;                                                       \
    }                                                                                                                  \
    static const loops loops_##name = {lanes, fma_##name, scale_##name};

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

LOOPS(baseline, 4, )
#if defined(__x86_64__)
LOOPS(avx2, 8, __attribute__((target("avx2,fma"))))
LOOPS(avx512, 16, __attribute__((target("avx512f"))))
#endif

static const loops *widest(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f"))
        return &loops_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &loops_avx2;
#endif
    return &loops_baseline;
}

double bench_fma_peak(void)
{
    const loops *wide = widest();
    _Alignas(64) float halves[16];

    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        halves[i] = 0.5f;
    return 2 * wide->lanes * CHAINS * FMA_STEPS / bench_time(CLOCK_PROCESS_CPUTIME_ID, wide->fma, halves) * 1e-9;
}

double bench_bandwidth(size_t bytes)
{
    stretch s = {.count = bytes / 256 * 64}; /* whole rounds of the widest loop */
    n2v_error error;
    double seconds;

    s.floats = floats_create(s.count);
    if (!s.floats)
        bench_require(fail_memory(&error, bytes, "measuring the memory"), &error);
    seconds = bench_time(CLOCK_PROCESS_CPUTIME_ID, widest()->scale, &s);
    floats_destroy(s.floats, s.count);
    return 2 * (double)(s.count * sizeof(float)) / seconds * 1e-9;
}

void bench_require(n2v_status status, const n2v_error *error)
{
    if (status == N2V_OK)
        return;
    fprintf(stderr, "bench: %s\n", error->text);
    exit(1);
}
