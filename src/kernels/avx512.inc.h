/* avx512.inc.h - AVX-512 for the template: 16 lanes, 32 registers. vector_ops.inc.h says what each operation does. */
#ifndef N2V_KERNELS_AVX512_INC_H
#define N2V_KERNELS_AVX512_INC_H

#include "kernels/x86.inc.h"

#define LANES          16
#define DOT_ROWS       4
#define DOT_COLUMNS    12
#define DOT_BLOCK      8
#define DOT_MAX_ROWS(columns) ((columns) <= 6 ? 4u : (columns) <= 9 ? 3u : 2u)
#define DOT_PAIRS(SHAPE, columns)  SHAPE(1, columns) SHAPE(2, columns)
#define DOT_THREES(SHAPE, columns) DOT_PAIRS(SHAPE, columns) SHAPE(3, columns)
#define DOT_FOURS(SHAPE, columns)  DOT_THREES(SHAPE, columns) SHAPE(4, columns)
#define DOT_SHAPES(SHAPE)                                                                                              \
    DOT_FOURS(SHAPE, 1) DOT_FOURS(SHAPE, 2) DOT_FOURS(SHAPE, 3) DOT_FOURS(SHAPE, 4) DOT_FOURS(SHAPE, 5)                \
    DOT_FOURS(SHAPE, 6) DOT_THREES(SHAPE, 7) DOT_THREES(SHAPE, 8) DOT_THREES(SHAPE, 9) DOT_PAIRS(SHAPE, 10)            \
    DOT_PAIRS(SHAPE, 11) DOT_PAIRS(SHAPE, 12)
#define UPDATE_COLUMNS 12
#define SINGLE_VECTORS 8
#define TWO_ROWS       1

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

static inline vec8 load_expanded(const float *p, unsigned mask)
{
    return _mm256_maskz_expand_ps((__mmask8)mask, _mm256_loadu_ps(p));
}

static inline void store_compressed(float *p, vec8 v, unsigned mask)
{
    _mm256_storeu_ps(p, _mm256_maskz_compress_ps((__mmask8)mask, v));
}

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

static inline vec vec_of_four(vec4 four)
{
    return (vec)_mm512_zextps128_ps512(four);
}

/* Reduces the lanes of each of four vectors with `operation`. */
#define LANES_OF_FOUR(name, operation)                                                                                 \
    static inline vec4 name(vec a, vec b, vec c, vec d)                                                              \
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
LANES_OF_FOUR(max_lanes_of_four, max)

/* Operations on two rows of at most eight floats in one vector. */

/* Rows i and i + 1 of an m x n matrix; zeros beyond the last. */
static inline vec load_two_rows(const float *in, size_t i, size_t m, size_t n)
{
    const __mmask8 inside = (__mmask8)((1u << n) - 1);
    const __m256 low = i < m ? _mm256_maskz_loadu_ps(inside, in + i * n) : _mm256_setzero_ps();
    const __m256 high = i + 1 < m ? _mm256_maskz_loadu_ps(inside, in + (i + 1) * n) : _mm256_setzero_ps();
    return (vec)_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
}

static inline void store_two_rows(float *out, size_t i, size_t m, size_t n, vec v)
{
    const __mmask8 inside = (__mmask8)((1u << n) - 1);
    __m256 high = _mm512_extractf32x8_ps((__m512)v, 1);

    /* gcc 12 makes one instruction of an extract and a masked store, which faults beyond the end of memory. */
    __asm__("" : "+v"(high));
    if (i < m)
        _mm256_mask_storeu_ps(out + i * n, inside, _mm512_castps512_ps256((__m512)v));
    if (i + 1 < m)
        _mm256_mask_storeu_ps(out + (i + 1) * n, inside, high);
}

/* A row of n floats in both halves. */
static inline vec load_row_twice(const float *in, size_t n)
{
    return (vec)_mm512_broadcast_f32x8(_mm256_maskz_loadu_ps((__mmask8)((1u << n) - 1), in));
}

/* The first n lanes of each half; the others become 0. */
static inline vec first_of_halves(vec v, size_t n)
{
    return (vec)_mm512_maskz_mov_ps((__mmask16)(((1u << n) - 1) * 0x101), (__m512)v);
}

/* The sums of the halves of four vectors: lanes 0 to 3 and again 4 to 7 have those of the lower halves, lanes 8 to 11
 * and again 12 to 15 those of the upper ones. */
static inline vec sum_halves_of_four(vec a, vec b, vec c, vec d)
{
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps((__m512)a, (__m512)b), _mm512_unpackhi_ps((__m512)a, (__m512)b));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps((__m512)c, (__m512)d), _mm512_unpackhi_ps((__m512)c, (__m512)d));
    const __m512d low = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    const __m512d high = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    const __m512 quarters = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
    return (vec)_mm512_add_ps(quarters, _mm512_shuffle_f32x4(quarters, quarters, 0xb1));
}

/* What sum_halves_of_four returned, in the order of the rows: a's two, b's two, ... */
static inline void store_sums_of_rows(float *p, vec sums)
{
    const __m128 even = _mm512_castps512_ps128((__m512)sums), odd = _mm512_extractf32x4_ps((__m512)sums, 2);

    _mm_storeu_ps(p, _mm_unpacklo_ps(even, odd));
    _mm_storeu_ps(p + 4, _mm_unpackhi_ps(even, odd));
}

/* In each quarter its lane `lane`, a constant, four times. */
#define LANE_OF_QUARTERS(v, lane) ((vec)_mm512_permute_ps((__m512)(v), (lane) * 0x55))

static inline bool vec_all_between(vec v, float low, float high)
{
    return (_mm512_cmp_ps_mask((__m512)v, _mm512_set1_ps(low), _CMP_GT_OQ) &
            _mm512_cmp_ps_mask((__m512)v, _mm512_set1_ps(high), _CMP_LT_OQ)) == 0xffff;
}

#endif
