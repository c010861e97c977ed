/* avx2.inc.h - AVX2 with FMA for the template: 8 lanes, 16 registers. vector_ops.inc.h says what each operation
 * does. */
#ifndef N2V_KERNELS_AVX2_INC_H
#define N2V_KERNELS_AVX2_INC_H

#include "kernels/x86.inc.h"

#define LANES          8
#define DOT_ROWS       3
#define DOT_COLUMNS    4
#define DOT_BLOCK      4
#define DOT_MAX_ROWS(columns) 3u
#define DOT_THREES(SHAPE, columns) SHAPE(1, columns) SHAPE(2, columns) SHAPE(3, columns)
#define DOT_SHAPES(SHAPE) DOT_THREES(SHAPE, 1) DOT_THREES(SHAPE, 2) DOT_THREES(SHAPE, 3) DOT_THREES(SHAPE, 4)
#define UPDATE_COLUMNS 6
#define SINGLE_VECTORS 4
#define TWO_ROWS       0 /* a row of eight is a vector */

typedef float vec __attribute__((vector_size(32)));
typedef int32_t vec_int __attribute__((vector_size(32)));

static inline __m256i first_lanes(size_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline vec vec_load_some(const float *p, size_t count)
{
    return (vec)_mm256_maskload_ps(p, first_lanes(count));
}

static inline void vec_store_some(float *p, vec v, size_t count)
{
    _mm256_maskstore_ps(p, first_lanes(count), (__m256)v);
}

static inline vec8 load_expanded(const float *p, unsigned mask)
{
    float lanes[LANES];

    for (unsigned i = 0; i < LANES; i++) {
        lanes[i] = mask >> i & 1 ? *p : 0;
        p += mask >> i & 1;
    }
    return _mm256_loadu_ps(lanes);
}

static inline void store_compressed(float *p, vec8 v, unsigned mask)
{
    float lanes[LANES];

    _mm256_storeu_ps(lanes, v);
    for (unsigned i = 0; i < LANES; i++) {
        *p = lanes[i];
        p += mask >> i & 1;
    }
}

static inline vec vec_max(vec a, vec b)
{
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
}

static inline vec vec_min(vec a, vec b)
{
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
}

static inline vec vec_sqrt(vec v)
{
    return (vec)_mm256_sqrt_ps((__m256)v);
}

static inline vec vec_look_up(vec low, vec high, vec_int index)
{
    const __m256 first = _mm256_permutevar8x32_ps((__m256)low, (__m256i)index);
    const __m256 second = _mm256_permutevar8x32_ps((__m256)high, (__m256i)index);
    return (vec)_mm256_blendv_ps(first, second, (__m256)(index > 7));
}

static inline vec vec_of_four(vec4 four)
{
    return (vec)_mm256_zextps128_ps256(four);
}

static inline vec4 sum_lanes_of_four(vec a, vec b, vec c, vec d)
{
    const __m256 four = _mm256_hadd_ps(_mm256_hadd_ps((__m256)a, (__m256)b), _mm256_hadd_ps((__m256)c, (__m256)d));
    return _mm_add_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps(four, 1));
}

static inline vec4 max_lanes_of_four(vec a, vec b, vec c, vec d)
{
    const __m256 ab = _mm256_max_ps(_mm256_unpacklo_ps((__m256)a, (__m256)b), _mm256_unpackhi_ps((__m256)a, (__m256)b));
    const __m256 cd = _mm256_max_ps(_mm256_unpacklo_ps((__m256)c, (__m256)d), _mm256_unpackhi_ps((__m256)c, (__m256)d));
    const __m256 four = _mm256_max_ps(
        _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(ab), _mm256_castps_pd(cd))),
        _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(ab), _mm256_castps_pd(cd))));
    return _mm_max_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps(four, 1));
}

#endif
