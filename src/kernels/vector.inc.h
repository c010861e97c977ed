/* vector.inc.h - the kernels over vectors of LANES floats: the template of avx2.c and avx512.c.
 *
 * The including file defines
 *     LANES                  floats in a vector
 *     DOT_SHAPES(SHAPE)      SHAPE(rows, columns) for each block of scores whose accumulators stay in registers
 *     DOT_ROWS, DOT_COLUMNS  the most rows and columns of a block
 *     DOT_MOST_ROWS(columns) the most rows of a block of so many columns
 *     DOT_BLOCK              the columns of a block where there are more than DOT_COLUMNS; a multiple of 4
 *     UPDATE_COLUMNS         the columns whose y and dy stay in registers
 *     SINGLE_VECTORS         the vectors of a single x row, and of dx, that stay in registers
 * and vec, vec_int;
 *     vec_load_some(p, count), vec_store_some(p, v, count): the first count < LANES lanes, the others 0 or untouched
 *     load_chosen(p, mask), store_chosen(p, v, mask): of eight lanes memory has those of the mask one after the other,
 *         the others are loaded as 0; all of eight are read or written
 *     vec_max, vec_min: b where either is NaN; vec_sqrt
 *     vec_look_up(low, high, index): each lane's element of two vectors, one after the other
 *     vec_of_four: a vector that begins with four lanes
 *     sum_lanes_of_four, max_lanes_of_four; with 16 lanes sum_halves_of_four
 * KERNELS, at the end, makes the set.
 *
 * Why one template: the shapes differ between instruction sets, the code does not. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/sets.h"

#define INLINE static inline __attribute__((always_inline))

/* Before a loop over registers: rolled up, its arrays would live on the stack. */
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

INLINE vec load(const float *p)
{
    return *(const vec *)__builtin_assume_aligned(p, LANES * 4);
}

INLINE void store(float *p, vec v)
{
    *(vec *)__builtin_assume_aligned(p, LANES * 4) = v;
}

INLINE vec load_any(const float *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store_any(float *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vec spread(float value)
{
    return value - (vec){0};
}

INLINE vec choose(vec_int mask, vec yes, vec no)
{
    return (vec)((mask & (vec_int)yes) | (~mask & (vec_int)no));
}

INLINE vec vec_load_up_to(const float *p, size_t count)
{
    return count < LANES ? vec_load_some(p, count) : load_any(p);
}

INLINE void vec_store_up_to(float *p, vec v, size_t count)
{
    if (count < LANES)
        vec_store_some(p, v, count);
    else
        store_any(p, v);
}

INLINE vec_int lane_numbers(void)
{
    vec_int numbers;
    for (int i = 0; i < LANES; i++)
        numbers[i] = i;
    return numbers;
}

INLINE float sum_lanes(vec v)
{
    return sum_lanes_of_four(v, v, v, v)[0];
}

INLINE float max_lanes(vec v)
{
    return max_lanes_of_four(v, v, v, v)[0];
}

/* Row i of an m x n matrix; zeros beyond the last. */
INLINE vec load_row(const float *in, size_t i, size_t m, size_t n)
{
    return i < m ? vec_load_up_to(in + i * n, n) : spread(0);
}

INLINE vec magnitude(vec v)
{
    return (vec)((vec_int)v & 0x7fffffff);
}

/* Adds the sums of four vectors, each times factor, to elements i .. i + 3 of out, which has m. */
INLINE void add_row_sums(const vec *row, size_t i, size_t m, float factor, float *out)
{
    const __m128 sums = sum_lanes_of_four(row[0], row[1], row[2], row[3]);

    for (size_t k = 0; k < 4 && i + k < m; k++)
        out[i + k] += factor * sums[k];
}

#include "kernels/vector_cells.inc.h"
#include "kernels/vector_math.inc.h"
#include "kernels/vector_scores.inc.h"
#include "kernels/vector_update.inc.h"

INLINE float norm_of(const float *row, size_t stride)
{
    vec sum = spread(0);

    for (size_t c = 0; c < stride; c += LANES)
        sum += load(row + c) * load(row + c);
    return sum_lanes(sum);
}

static void norms(const float *const *rows, size_t count, size_t stride, float *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = norm_of(rows[i], stride);
}

static void scale(float *const *rows, const float *factors, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride; c += LANES)
            store(rows[i] + c, load(rows[i] + c) * factors[i]);
}

/* 1 / the square roots, 1 where that is 0. */
INLINE __m128 inverse_roots(__m128 squares)
{
    return _mm_blendv_ps(_mm_set1_ps(1), _mm_div_ps(_mm_set1_ps(1), _mm_sqrt_ps(squares)),
                         _mm_cmpgt_ps(squares, _mm_setzero_ps()));
}

/* 1 / the lengths of up to four rows, 1 where that is 0. */
INLINE __m128 inverse_lengths(float *const *rows, size_t count, size_t stride)
{
    const size_t last = count - 1;
    const float *const row[4] = {rows[0], rows[last < 1 ? last : 1], rows[last < 2 ? last : 2],
                                 rows[last < 3 ? last : 3]};
    vec sums[4] = {spread(0), spread(0), spread(0), spread(0)};

    for (size_t c = 0; c < stride; c += LANES) {
        UNROLL
        for (size_t k = 0; k < 4; k++)
            sums[k] += load(row[k] + c) * load(row[k] + c);
    }
    return inverse_roots(sum_lanes_of_four(sums[0], sums[1], sums[2], sums[3]));
}

/* Measured sixteen at a time, which is about a tile of windows, then scaled: the wait for a square root is longer than
 * the work on four rows (distances of unit rows: with eight 4 to 6 % faster than with four, with sixteen 4 to 6 %
 * more). */
#define MEASURED ((size_t)16)

/* Whether row k is one of those before it, four addresses at a time. */
INLINE bool stands_before(float *const *rows, size_t k)
{
    const __m256i address = _mm256_set1_epi64x((long long)(uintptr_t)rows[k]);
    __m256i same = _mm256_setzero_si256();
    bool tail = false;
    size_t l = 0;

    for (; l + 4 <= k; l += 4)
        same = _mm256_or_si256(same, _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)(rows + l)), address));
    for (; l < k; l++)
        tail |= rows[l] == rows[k];
    return tail | !_mm256_testz_si256(same, same);
}

static void normalize(float *const *rows, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i += MEASURED) {
        const size_t some = count - i < MEASURED ? count - i : MEASURED;
        float factors[MEASURED];

        for (size_t k = 0; k < some; k += 4)
            _mm_storeu_ps(factors + k, inverse_lengths(rows + i + k, some - k, stride));
        for (size_t k = 0; k < some; k++) {
            float *row = rows[i + k];
            const bool done = stands_before(rows + i, k);
            for (size_t c = 0; c < stride && !done; c += LANES)
                store(row + c, load(row + c) * factors[k]);
        }
    }
}

/* One pair. */
INLINE void update_match(float *x, float *y, float left_x, float g_x, float left_y, float g_y, size_t stride,
                         size_t moving)
{
    for (size_t c = 0; c < stride; c += LANES) {
        const vec a = load(x + c), b = load(y + c);
        store_moving(x, a * left_x + b * g_x, c, moving);
        store(y + c, b * left_y + a * g_y);
    }
}

/* 1 / the lengths of left x + g y, of four x and y at once, from their squares and products. Adds to `cancels`
 * where so little is left of the terms that rounding shows. */
INLINE __m128 inverse_moved_lengths(__m128 of_x, __m128 of_y, __m128 product, __m128 left, __m128 g, int *cancels)
{
    const __m128 terms = left * left * of_x + g * g * of_y, square = terms + 2 * left * g * product;

    *cancels |= _mm_movemask_ps(_mm_cmplt_ps(square, terms * 1e-2F));
    return inverse_roots(square);
}

INLINE bool four_distinct(float *const *rows)
{
    return (rows[0] != rows[1]) & (rows[0] != rows[2]) & (rows[0] != rows[3]) & (rows[1] != rows[2]) &
           (rows[1] != rows[3]) & (rows[2] != rows[3]);
}

/* Four pairs, of which the first `some` are moved and stand once. Their lengths are known before the rows are, which
 * are written once: alignuniform with 16 pairs is 2 % faster than with rows that are normalized afterwards. */
INLINE void update_four_matched(float *const *x, float *const *y, __m128 left, __m128 g, size_t some, size_t stride)
{
    vec of_x[4], of_y[4], products[4];
    __m128 square_x, square_y, product, to_x, to_y;
    int cancels = 0;

    UNROLL
    for (size_t k = 0; k < 4; k++)
        of_x[k] = of_y[k] = products[k] = spread(0);
    for (size_t c = 0; c < stride; c += LANES) {
        UNROLL
        for (size_t k = 0; k < 4; k++) {
            const vec a = load(x[k] + c), b = load(y[k] + c);
            of_x[k] += a * a;
            of_y[k] += b * b;
            products[k] += a * b;
        }
    }
    square_x = sum_lanes_of_four(of_x[0], of_x[1], of_x[2], of_x[3]);
    square_y = sum_lanes_of_four(of_y[0], of_y[1], of_y[2], of_y[3]);
    product = sum_lanes_of_four(products[0], products[1], products[2], products[3]);
    to_x = inverse_moved_lengths(square_x, square_y, product, left, g, &cancels);
    to_y = inverse_moved_lengths(square_y, square_x, product, left, g, &cancels);
    if (cancels)
        to_x = to_y = _mm_set1_ps(1);
    for (size_t k = 0; k < some; k++)
        update_match(x[k], y[k], left[k] * to_x[k], g[k] * to_x[k], left[k] * to_y[k], g[k] * to_y[k], stride, stride);
    if (cancels) {
        normalize(x, some, stride);
        normalize(y, some, stride);
    }
}

static void update_matched(float *const *x, float *const *y, const float *scale, size_t count, size_t stride,
                           size_t moving, const float *g, bool unit)
{
    for (size_t i = 0; i < count;) {
        if (!unit) {
            const float left = scale ? scale[i] : 1;
            update_match(x[i], y[i], left, g[i], left, g[i], stride, moving);
            i++;
        } else if (count - i >= 4 && four_distinct(x + i) && four_distinct(y + i)) {
            update_four_matched(x + i, y + i, scale ? _mm_loadu_ps(scale + i) : _mm_set1_ps(1), _mm_loadu_ps(g + i), 4,
                                stride);
            i += 4;
        } else {
            float *const same_x[4] = {x[i], x[i], x[i], x[i]}, *const same_y[4] = {y[i], y[i], y[i], y[i]};
            update_four_matched(same_x, same_y, _mm_set1_ps(scale ? scale[i] : 1), _mm_set1_ps(g[i]), 1, stride);
            i++;
        }
    }
}

/* The set, with its own way back. */
#define KERNELS(set_name, in_bf16, update_function)                                                                    \
    {                                                                                                                  \
        .name = set_name,                                                                                              \
        .bf16 = in_bf16,                                                                                               \
        .math = {exp_array, sigmoid, softplus, exp_sum, max_array, magnitude_array, log_array, softmax,                \
                 softmax_columns, logistic, logistic_positives, weigh, roots, root_slopes, hinges},                    \
        .dot = dot,                                                                                                    \
        .sqdist = sqdist,                                                                                              \
        .unit_sqdist = unit_sqdist,                                                                                    \
        .dot_matched = dot_matched,                                                                                    \
        .update = update_function,                                                                                     \
        .update_matched = update_matched,                                                                              \
        .split = split,                                                                                                \
        .join = join,                                                                                                  \
        .bound_steps = bound_steps,                                                                                    \
        .norms = norms,                                                                                                \
        .scale = scale,                                                                                                \
        .normalize = normalize,                                                                                        \
    }
