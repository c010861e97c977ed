/* avx512.inc.h - what avx512.c and avx512bf16.c give the template: 16 lanes, 32 registers. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define LANES          16
#define DOT_ROWS       4
#define DOT_COLUMNS    12
#define DOT_BLOCK      8
#define DOT_MOST_ROWS(columns) ((columns) <= 6 ? 4u : (columns) <= 9 ? 3u : 2u)
#define DOT_PAIRS(SHAPE, columns)  SHAPE(1, columns) SHAPE(2, columns)
#define DOT_THREES(SHAPE, columns) DOT_PAIRS(SHAPE, columns) SHAPE(3, columns)
#define DOT_FOURS(SHAPE, columns)  DOT_THREES(SHAPE, columns) SHAPE(4, columns)
#define DOT_SHAPES(SHAPE)                                                                                              \
    DOT_FOURS(SHAPE, 1) DOT_FOURS(SHAPE, 2) DOT_FOURS(SHAPE, 3) DOT_FOURS(SHAPE, 4) DOT_FOURS(SHAPE, 5)                \
    DOT_FOURS(SHAPE, 6) DOT_THREES(SHAPE, 7) DOT_THREES(SHAPE, 8) DOT_THREES(SHAPE, 9) DOT_PAIRS(SHAPE, 10)            \
    DOT_PAIRS(SHAPE, 11) DOT_PAIRS(SHAPE, 12)
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

static inline __m256 load_chosen(const float *p, unsigned mask)
{
    return _mm256_maskz_expand_ps((__mmask8)mask, _mm256_loadu_ps(p));
}

static inline void store_chosen(float *p, __m256 v, unsigned mask)
{
    _mm256_storeu_ps(p, _mm256_maskz_compress_ps((__mmask8)mask, v));
}

/* Where either is NaN, b. */
static inline vec vec_max(vec a, vec b)
{
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline vec vec_min(vec a, vec b)
{
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
}

static inline vec vec_sqrt(vec v)
{
    return (vec)_mm512_sqrt_ps((__m512)v);
}

static inline vec vec_look_up(vec low, vec high, vec_int index)
{
    return (vec)_mm512_permutex2var_ps((__m512)low, (__m512i)index, (__m512)high);
}

static inline vec vec_of_four(__m128 four)
{
    return (vec)_mm512_zextps128_ps512(four);
}

/* What `operation` makes of the lanes of each of four vectors. */
#define LANES_OF_FOUR(name, operation)                                                                                 \
    static inline __m128 name(vec a, vec b, vec c, vec d)                                                              \
    {                                                                                                                  \
        const __m512 ab = _mm512_##operation##_ps(_mm512_unpacklo_ps((__m512)a, (__m512)b),                            \
                                                  _mm512_unpackhi_ps((__m512)a, (__m512)b));                           \
        const __m512 cd = _mm512_##operation##_ps(_mm512_unpacklo_ps((__m512)c, (__m512)d),                            \
                                                  _mm512_unpackhi_ps((__m512)c, (__m512)d));                           \
        const __m512d low = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));                            \
        const __m512d high = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));                           \
        const __m512 four = _mm512_##operation##_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));                    \
        const __m256 half = _mm256_##operation##_ps(_mm512_castps512_ps256(four), _mm512_extractf32x8_ps(four, 1));    \
        return _mm_##operation##_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));                     \
    }

LANES_OF_FOUR(sum_lanes_of_four, add)
LANES_OF_FOUR(max_lanes_of_four, max) /* where a NaN is, it or any other */

/* Of the sums of the halves of four vectors those of the lower are lanes 0 to 3, those of the upper 8 to 11. */
static inline __m512 sum_halves_of_four(vec a, vec b, vec c, vec d)
{
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps((__m512)a, (__m512)b), _mm512_unpackhi_ps((__m512)a, (__m512)b));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps((__m512)c, (__m512)d), _mm512_unpackhi_ps((__m512)c, (__m512)d));
    const __m512d low = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    const __m512d high = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    const __m512 quarters = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
    return _mm512_add_ps(quarters, _mm512_shuffle_f32x4(quarters, quarters, 0xb1)); /* 4 to 7 and 12 to 15: again */
}

#include "kernels/vector.inc.h"
