/* avx512bf16.c - AVX-512 with products of bf16 pairs (AMD Zen 4 2022, Intel Cooper Lake 2020 and later).
 *
 * The way back multiplies two rows at once: a lane holds an element of row 2k and the
 * same of row 2k + 1, rounded to bf16 (8 bits), a coefficient pair is broadcast, and one
 * instruction adds both products to a float. Rows and sums stay floats, so that small
 * steps are not lost; only what a step is made of is rounded. Scores stay in floats, too:
 * rounding rows to pairs for them costs what it saves in tiles of a window's size. */
#if defined(__x86_64__)
#include "kernels/avx512.inc.h"

#define PAIR_COLUMNS 16 /* whose sums stay in registers */

/* The elements of two rows side by side, each a bf16. */
INLINE __m512bh pair_of(vec even, vec odd)
{
    const __m512i interleave = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22,
                                                6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512bh both = _mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
    return (__m512bh)_mm512_permutexvar_epi16(interleave, (__m512i)both);
}

/* sum + rows x a coefficient pair. In assembly, because compilers load the coefficients one by one into
 * other registers first, which then run out (6 % of the time of nine columns). */
INLINE vec add_products(vec sum, __m512bh rows, const uint32_t *coefficients)
{
    __asm__("vdpbf16ps %2%{1to16%}, %1, %0" : "+v"(sum) : "v"(rows), "m"(*coefficients));
    return sum;
}

/* The first `moving` lanes. */
INLINE void store_first(float *row, vec v, size_t moving)
{
    if (moving == LANES)
        store(row, v);
    else
        vec_store_some(row, v, moving);
}

/* The coefficients, m x n, in pairs:
 *     of_x[i * PAIR_COLUMNS / 2 + k]   g[i][2k] and g[i][2k + 1]
 *     of_y[k * PAIR_COLUMNS + j]       g[2k][j] and g[2k + 1][j] */
static void pair_coefficients(const float *g, size_t m, size_t n, uint32_t *of_x, uint32_t *of_y)
{
    for (size_t i = 0; i < m; i += 2) {
        const vec even = vec_load_up_to(g + i * n, n);
        const vec odd = i + 1 < m ? vec_load_up_to(g + (i + 1) * n, n) : spread(0);
        _mm256_store_si256((__m256i *)(of_x + i * PAIR_COLUMNS / 2), (__m256i)_mm512_cvtneps_pbh((__m512)even));
        _mm256_store_si256((__m256i *)(of_x + (i + 1) * PAIR_COLUMNS / 2), (__m256i)_mm512_cvtneps_pbh((__m512)odd));
        _mm512_store_si512(of_y + i / 2 * PAIR_COLUMNS, (__m512i)pair_of(even, odd));
    }
}

/* One vector of elements c.. of all x rows and `columns` y rows; of the x rows' the first `moving` change. */
INLINE void update_pairs(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                         size_t columns, size_t c, size_t moving, const uint32_t *of_x, const uint32_t *of_y)
{
    __m512bh right[PAIR_COLUMNS / 2];
    vec sums[PAIR_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j += 2) {
        const bool both = j + 1 < columns;
        const vec even = load(y[j] + c), odd = both ? load(y[j + 1] + c) : spread(0);
        right[j / 2] = pair_of(even, odd);
        sums[j] = y_scale ? even * y_scale[j] : even;
        if (both)
            sums[j + 1] = y_scale ? odd * y_scale[j + 1] : odd;
    }
    for (size_t i = 0; i < m; i += 2, of_x += PAIR_COLUMNS, of_y += PAIR_COLUMNS) {
        const size_t next = i + 1 < m ? i + 1 : i; /* an odd one out is its own pair, with coefficients 0 */
        vec even = load(x[i] + c), odd = load(x[next] + c);
        const __m512bh left = pair_of(even, odd);

        if (x_scale) {
            even *= x_scale[i];
            odd *= x_scale[next];
        }
        UNROLL
        for (size_t k = 0; k < (columns + 1) / 2; k++) {
            even = add_products(even, right[k], of_x + k);
            odd = add_products(odd, right[k], of_x + PAIR_COLUMNS / 2 + k);
        }
        UNROLL
        for (size_t j = 0; j < columns; j++)
            sums[j] = add_products(sums[j], left, of_y + j);
        store_first(x[next] + c, odd, moving);
        store_first(x[i] + c, even, moving);
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, sums[j]);
}

#define PAIRS_CASE(columns)                                                                                            \
    case columns:                                                                                                      \
        for (c = 0; c + LANES <= moving; c += LANES)                                                                   \
            update_pairs(x, x_scale, m, y, y_scale, columns, c, LANES, of_x, of_y);                                    \
        for (; c < stride; c += LANES)                                                                                 \
            update_pairs(x, x_scale, m, y, y_scale, columns, c, c < moving ? moving - c : 0, of_x, of_y);              \
        break;

/* At most PAIR_COLUMNS columns: one pass. */
INLINE void update_pairs_narrow(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                                size_t n, size_t stride, size_t moving, const uint32_t *of_x, const uint32_t *of_y)
{
    size_t c;

    switch (n) {
        PAIRS_CASE(2)
        PAIRS_CASE(3)
        PAIRS_CASE(4)
        PAIRS_CASE(5)
        PAIRS_CASE(6)
        PAIRS_CASE(7)
        PAIRS_CASE(8)
        PAIRS_CASE(9)
        PAIRS_CASE(10)
        PAIRS_CASE(11)
        PAIRS_CASE(12)
        PAIRS_CASE(13)
        PAIRS_CASE(14)
        PAIRS_CASE(15)
        PAIRS_CASE(16)
    default:
        break;
    }
}

/* A row that stands twice in one pair would lose an update. */
static bool pairs_repeat(float *const *x, size_t m)
{
    bool repeat = false;

    for (size_t i = 0; i + 1 < m; i += 2)
        repeat |= x[i] == x[i + 1];
    return repeat;
}

static void update_bf16(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t n, size_t stride, size_t moving, const float *g, float *scratch)
{
    uint32_t *of_x = (uint32_t *)scratch, *of_y = of_x + (m + 1) / 2 * PAIR_COLUMNS;

    if (m == 1 || n == 1 || n > PAIR_COLUMNS || pairs_repeat(x, m)) {
        update(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch);
        return;
    }
    pair_coefficients(g, m, n, of_x, of_y);
    if (x_scale || y_scale)
        update_pairs_narrow(x, x_scale, m, y, y_scale, n, stride, moving, of_x, of_y);
    else
        update_pairs_narrow(x, NULL, m, y, NULL, n, stride, moving, of_x, of_y);
}

const n2v_kernels n2v_kernels_avx512bf16 = KERNELS("avx512bf16", true, update_bf16);
#else
typedef int n2v_kernels_avx512bf16_not_built;
#endif
