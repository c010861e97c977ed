/* avx512bf16.c - AVX-512 with products of bf16 pairs (AMD Zen 4 2022, Intel Cooper Lake 2020 and later).
 *
 * The update multiplies two rows at once. A lane holds an element of row 2k and the same element of row 2k + 1, both
 * rounded to bf16 (8 bits). A pair of coefficients is broadcast, and one instruction adds both products to a float.
 * Rows and sums stay floats, so that small steps are not lost; only the factors of a step are rounded. Scores are
 * computed in floats: for tiles of a window's size, rounding the rows would cost as much time as it saves. */
#if defined(__x86_64__)
#include "kernels/avx512.inc.h"
#include "kernels/vector.inc.h"

#define PAIR_COLUMNS ((size_t)16) /* whose sums stay in registers */

/* The elements of two rows, interleaved, each rounded to bf16. */
INLINE __m512bh pair_of(vec even, vec odd)
{
    const __m512i interleave = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22,
                                                6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512bh both = _mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
    return (__m512bh)_mm512_permutexvar_epi16(interleave, (__m512i)both);
}

/* sum + rows x a coefficient pair. In assembly, because compilers first load the coefficients into registers, which
 * then run out. */
INLINE vec add_products(vec sum, __m512bh rows, const uint32_t *coefficients)
{
    __asm__("vdpbf16ps %2%{1to16%}, %1, %0" : "+v"(sum) : "v"((__m512i)rows), "m"(*coefficients));
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

/* The number of words for the coefficients of up to PAIR_COLUMNS columns, in each of their two arrangements. */
static size_t pair_words(size_t m)
{
    return (m + 1) / 2 * PAIR_COLUMNS;
}

/* The coefficients of n columns, whose rows begin `width` floats apart, in pairs:
 *     of_x[i * PAIR_COLUMNS / 2 + k]   g[i][2k] and g[i][2k + 1]
 *     of_y[k * PAIR_COLUMNS + j]       g[2k][j] and g[2k + 1][j] */
static void pair_coefficients(const float *g, size_t m, size_t n, size_t width, uint32_t *of_x, uint32_t *of_y)
{
    for (size_t i = 0; i < m; i += 2) {
        const vec even = vec_load_up_to(g + i * width, n);
        const vec odd = i + 1 < m ? vec_load_up_to(g + (i + 1) * width, n) : broadcast(0);
        _mm256_store_si256((__m256i *)(of_x + i * PAIR_COLUMNS / 2), (__m256i)_mm512_cvtneps_pbh((__m512)even));
        _mm256_store_si256((__m256i *)(of_x + (i + 1) * PAIR_COLUMNS / 2), (__m256i)_mm512_cvtneps_pbh((__m512)odd));
        _mm512_store_si512(of_y + i / 2 * PAIR_COLUMNS, (__m512i)pair_of(even, odd));
    }
}

/* Elements c.. of all x rows and `columns` y rows; the first `moving` of those of the x rows change. With deltas the
 * x rows stay as they are, see update_block. */
INLINE void update_pairs(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                         size_t columns, size_t c, size_t moving, const uint32_t *of_x, const uint32_t *of_y,
                         float *deltas, bool first)
{
    __m512bh right[PAIR_COLUMNS / 2];
    vec sums[PAIR_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j += 2) {
        const bool both = j + 1 < columns;
        const vec even = load(y[j] + c), odd = both ? load(y[j + 1] + c) : broadcast(0);
        right[j / 2] = pair_of(even, odd);
        sums[j] = y_scale ? even * y_scale[j] : even;
        if (both)
            sums[j + 1] = y_scale ? odd * y_scale[j + 1] : odd;
    }
    for (size_t i = 0; i < m; i += 2, of_x += PAIR_COLUMNS, of_y += PAIR_COLUMNS) {
        const size_t next = i + 1 < m ? i + 1 : i; /* a last row without a partner: itself, with coefficients 0 */
        vec even = load(x[i] + c), odd = load(x[next] + c);
        const __m512bh left = pair_of(even, odd);

        if (deltas) {
            even = first ? broadcast(0) : load(deltas + i * LANES);
            odd = first ? broadcast(0) : load(deltas + (i + 1) * LANES);
        } else if (x_scale) {
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
        if (deltas) {
            store(deltas + i * LANES, even);
            store(deltas + (i + 1) * LANES, odd);
        } else {
            store_first(x[next] + c, odd, moving);
            store_first(x[i] + c, even, moving);
        }
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, sums[j]);
}

/* At most PAIR_COLUMNS columns: one pass. */
INLINE void update_pairs_pass(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                              size_t columns, size_t stride, size_t moving, const uint32_t *of_x, const uint32_t *of_y,
                              Prefetch next)
{
    size_t c = 0;

    for (; c + LANES <= moving; c += LANES) {
        prefetch(next, c);
        update_pairs(x, x_scale, m, y, y_scale, columns, c, LANES, of_x, of_y, NULL, true);
    }
    for (; c < stride; c += LANES) {
        prefetch(next, c);
        update_pairs(x, x_scale, m, y, y_scale, columns, c, c < moving ? moving - c : 0, of_x, of_y, NULL, true);
    }
}

INLINE void update_pairs_narrow(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                                size_t n, size_t stride, size_t moving, const uint32_t *of_x, const uint32_t *of_y,
                                Prefetch next)
{
    WITH_WIDTH(n, 2, PAIR_COLUMNS,
               update_pairs_pass(x, x_scale, m, y, y_scale, WIDTH, stride, moving, of_x, of_y, next))
}

/* Rows i and i + 1, or row i twice where it is the last. */
INLINE __m512bh load_pair(float *const *x, size_t i, size_t m, size_t c)
{
    return pair_of(load(x[i] + c), load(x[i + 1 < m ? i + 1 : i] + c));
}

/* The same where the x rows are only read, see update_still_block; left: their pairs, or NULL to make them here. */
INLINE void update_still_pairs(float *const *x, const __m512bh *left, size_t m, float *const *y, const float *y_scale,
                               size_t columns, size_t c, const uint32_t *of_y)
{
    vec sums[PAIR_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j++)
        sums[j] = broadcast(0);
    for (size_t i = 0; i < m; i += 2, of_y += PAIR_COLUMNS) {
        const __m512bh pair = left ? left[i / 2] : load_pair(x, i, m, c);
        UNROLL
        for (size_t j = 0; j < columns; j++)
            sums[j] = add_products(sums[j], pair, of_y + j);
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, (y_scale ? load(y[j] + c) * y_scale[j] : load(y[j] + c)) + sums[j]);
}

/* left: room for the pairs of the x rows; NULL where all columns are one block, which needs the pairs only once. */
INLINE void update_pairs_still(float *const *x, size_t m, float *const *y, const float *y_scale, size_t n,
                               size_t stride, const uint32_t *words, __m512bh *left, Prefetch next)
{
    for (size_t c = 0; c < stride; c += LANES) {
        const uint32_t *of_y = words + pair_words(m);
        size_t blocks = (n + PAIR_COLUMNS - 1) / PAIR_COLUMNS, columns;
        prefetch(next, c);
        for (size_t i = 0; left && i < m; i += 2)
            left[i / 2] = load_pair(x, i, m, c);
        for (size_t j = 0; j < n; j += columns, blocks--, of_y += 2 * pair_words(m)) {
            columns = (n - j + blocks - 1) / blocks;
            WITH_WIDTH(columns, 2, PAIR_COLUMNS,
                       update_still_pairs(x, left, m, y + j, y_scale ? y_scale + j : NULL, WIDTH, c, of_y))
        }
    }
}

/* Not inlined into update_bf16, whose other paths would become slower. */
RACES
static __attribute__((noinline)) void update_still_bf16(float *const *x, size_t m, float *const *y,
                                                        const float *y_scale, size_t n, size_t stride,
                                                        const uint32_t *words, __m512bh *left, Prefetch next)
{
    if (n <= PAIR_COLUMNS)
        update_pairs_still(x, m, y, y_scale, n, stride, words, NULL, next);
    else
        update_pairs_still(x, m, y, y_scale, n, stride, words, left, next);
}

/* Blocks of nearly equal width, whose coefficients follow each other in `words`. */
RACES
static void update_pairs_wide(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                              size_t n, size_t stride, size_t moving, const uint32_t *words, float *deltas,
                              Prefetch next)
{
    for (size_t c = 0; c < stride; c += LANES) {
        const uint32_t *of_x = words;
        size_t blocks = (n + PAIR_COLUMNS - 1) / PAIR_COLUMNS, columns;
        prefetch(next, c);
        for (size_t j = 0; j < n; j += columns, blocks--, of_x += 2 * pair_words(m)) {
            columns = (n - j + blocks - 1) / blocks;
            WITH_WIDTH(columns, PAIR_COLUMNS / 2, PAIR_COLUMNS,
                       update_pairs(x, NULL, m, y + j, y_scale ? y_scale + j : NULL, WIDTH, c, LANES, of_x,
                                    of_x + pair_words(m), deltas, j == 0))
        }
        add_deltas(x, x_scale, m, c, moving, deltas);
    }
}

/* Whether a row is in one pair twice, which would lose an update. */
static bool pairs_repeat(float *const *x, size_t m)
{
    bool repeat = false;

    for (size_t i = 0; i + 1 < m; i += 2)
        repeat |= x[i] == x[i + 1];
    return repeat;
}

RACES
static void update_bf16(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t n, size_t stride, size_t moving, const float *g, float *scratch, Prefetch next)
{
    float *slices = scratch; /* of the x rows: deltas where there are several blocks, pairs where they are only read */
    uint32_t *of_x = (uint32_t *)(n > PAIR_COLUMNS || !moving ? scratch + 2 * pair_words(m) : scratch);
    size_t blocks = (n + PAIR_COLUMNS - 1) / PAIR_COLUMNS, columns, from = 0;

    if (m == 1 || n == 1 || (moving && pairs_repeat(x, m))) {
        update(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch, next);
        return;
    }
    for (size_t j = 0; j < n; j += columns, blocks--, from += 2 * pair_words(m)) {
        columns = (n - j + blocks - 1) / blocks;
        pair_coefficients(g + j, m, columns, n, of_x + from, of_x + from + pair_words(m));
    }
    if (!moving)
        update_still_bf16(x, m, y, y_scale, n, stride, of_x, (__m512bh *)slices, next);
    else if (n > PAIR_COLUMNS)
        update_pairs_wide(x, x_scale, m, y, y_scale, n, stride, moving, of_x, slices, next);
    else if (x_scale || y_scale)
        update_pairs_narrow(x, x_scale, m, y, y_scale, n, stride, moving, of_x, of_x + pair_words(m), next);
    else
        update_pairs_narrow(x, NULL, m, y, NULL, n, stride, moving, of_x, of_x + pair_words(m), next);
}

const Kernels kernels_avx512bf16 = KERNELS("avx512bf16", true, update_bf16);
#else
typedef int kernels_avx512bf16_not_built;
#endif
