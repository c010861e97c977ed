/* avx512.inc.h - what avx512.c and avx512bf16.c give the template: 16 lanes, 32 registers. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define LANES          16
#define DOT_ROWS       4
#define DOT_COLUMNS    6
#define UPDATE_COLUMNS 12
#define SINGLE_VECTORS 8

typedef float vec __attribute__((vector_size(64)));
typedef int32_t vec_int __attribute__((vector_size(64)));

static inline vec vec_load_some(const float *p, size_t count)
{
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

static inline void vec_store_some(float *p, vec v, size_t count)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}

static inline vec vec_look_up(vec low, vec high, vec_int index)
{
    return (vec)_mm512_permutex2var_ps((__m512)low, (__m512i)index, (__m512)high);
}

/* The sums of the lanes of four vectors. */
static inline __m128 sum_lanes_of_four(vec a, vec b, vec c, vec d)
{
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps((__m512)a, (__m512)b), _mm512_unpackhi_ps((__m512)a, (__m512)b));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps((__m512)c, (__m512)d), _mm512_unpackhi_ps((__m512)c, (__m512)d));
    const __m512 four = _mm512_add_ps(
        _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))),
        _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))));
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(four), _mm512_extractf32x8_ps(four, 1));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

/* The same of their largest; where a NaN is, it or any other. */
static inline __m128 max_lanes_of_four(vec a, vec b, vec c, vec d)
{
    const __m512 ab = _mm512_max_ps(_mm512_unpacklo_ps((__m512)a, (__m512)b), _mm512_unpackhi_ps((__m512)a, (__m512)b));
    const __m512 cd = _mm512_max_ps(_mm512_unpacklo_ps((__m512)c, (__m512)d), _mm512_unpackhi_ps((__m512)c, (__m512)d));
    const __m512 four = _mm512_max_ps(
        _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))),
        _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))));
    const __m256 half = _mm256_max_ps(_mm512_castps512_ps256(four), _mm512_extractf32x8_ps(four, 1));
    return _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

#include "kernels/vector.inc.h"
