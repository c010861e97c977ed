/* x86.inc.h - operations on four and on eight floats, the same for AVX2 and AVX-512. vector_ops.inc.h says what the
 * template needs of them. */
#ifndef N2V_KERNELS_X86_INC_H
#define N2V_KERNELS_X86_INC_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __m128 vec4;
typedef __m256 vec8;

static inline vec4 load_four(const float *p)
{
    return _mm_loadu_ps(p);
}

static inline void store_four(float *p, vec4 v)
{
    _mm_storeu_ps(p, v);
}

static inline vec4 broadcast_four(float value)
{
    return _mm_set1_ps(value);
}

static inline vec4 max_four(vec4 a, vec4 b)
{
    return _mm_max_ps(a, b);
}

static inline vec4 inverse_or_zero(vec4 v)
{
    return _mm_and_ps(_mm_div_ps(_mm_set1_ps(1), v), _mm_cmpneq_ps(v, _mm_setzero_ps()));
}

static inline vec4 inverse_root_or_one(vec4 v)
{
    return _mm_blendv_ps(_mm_set1_ps(1), _mm_div_ps(_mm_set1_ps(1), _mm_sqrt_ps(v)),
                         _mm_cmpgt_ps(v, _mm_setzero_ps()));
}

static inline bool any_less(vec4 a, vec4 b)
{
    return _mm_movemask_ps(_mm_cmplt_ps(a, b)) != 0;
}

static inline bool all_between(vec4 v, float low, float high)
{
    return _mm_movemask_ps(_mm_and_ps(_mm_cmpgt_ps(v, _mm_set1_ps(low)), _mm_cmplt_ps(v, _mm_set1_ps(high)))) == 15;
}

static inline vec8 load_eight(const float *p)
{
    return _mm256_loadu_ps(p);
}

static inline void store_eight(float *p, vec8 v)
{
    _mm256_storeu_ps(p, v);
}

/* Four addresses at a time. */
static inline bool address_among(const float *row, float *const *rows, size_t count)
{
    const __m256i address = _mm256_set1_epi64x((long long)(uintptr_t)row);
    __m256i same = _mm256_setzero_si256();
    bool tail = false;
    size_t i = 0;

    for (; i + 4 <= count; i += 4)
        same = _mm256_or_si256(same, _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)(rows + i)), address));
    for (; i < count; i++)
        tail |= rows[i] == row;
    return tail | !_mm256_testz_si256(same, same);
}

#endif
