/* vector_scores.inc.h - the scores of a tile: a part of the template, see vector_ops.inc.h. kernels.h says what
 * each function does. */
#ifndef N2V_KERNELS_VECTOR_SCORES_INC_H
#define N2V_KERNELS_VECTOR_SCORES_INC_H

#include "kernels/kernels.h"
#include "kernels/vector_ops.inc.h"

/* Otherwise compilers read a vector from memory again for each of its products. */
#define KEEP_LOADED(v) __asm__("" : "+v"(v))

enum score_kind { DOT, SQDIST, UNIT_SQDIST };

/* One block of rows x columns scores; constant rows and columns unroll it whole. */
INLINE void score_block(const float *const *x, size_t rows, const float *const *y, size_t columns, size_t n,
                        size_t stride, float *scores, enum score_kind kind)
{
    vec sums[DOT_ROWS * DOT_COLUMNS + 3]; /* padded to whole groups of four */

    UNROLL
    for (size_t k = 0; k < (rows * columns + 3) / 4 * 4; k++)
        sums[k] = broadcast(0);
    for (size_t c = 0; c < stride; c += LANES) {
        vec left[DOT_ROWS];
        UNROLL
        for (size_t i = 0; i < rows; i++)
            left[i] = load(x[i] + c);
        UNROLL
        for (size_t j = 0; j < columns; j++) {
            vec right = load(y[j] + c);
            KEEP_LOADED(right);
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                if (kind == SQDIST) {
                    const vec difference = left[i] - right;
                    sums[i * columns + j] += difference * difference;
                } else {
                    sums[i * columns + j] += left[i] * right;
                }
            }
        }
    }
    /* Four sums at a time, which are usually neighbours in the scores. */
    UNROLL
    for (size_t k = 0; k < rows * columns; k += 4) {
        vec4 four = sum_lanes_of_four(sums[k], sums[k + 1], sums[k + 2], sums[k + 3]);
        if (kind == UNIT_SQDIST)
            four = max_four(broadcast_four(0), 2 - (four + four));
        if (columns % 4 == 0) {
            store_four(scores + k / columns * n + k % columns, four);
        } else if (columns == n && k + 4 <= rows * columns) {
            store_four(scores + k, four);
        } else {
            UNROLL
            for (size_t t = k; t < k + 4; t++)
                if (t < rows * columns)
                    scores[t / columns * n + t % columns] = four[t - k];
        }
    }
}

typedef void score_function(const float *const *x, const float *const *y, size_t n, size_t stride, float *scores);

/* Each shape is a function of its own: inlined into one function, they would share the registers for the addresses of
 * the rows. */
#define SCORE_FUNCTION(name, kind, rows, columns)                                                                      \
    RACES static __attribute__((noinline)) void name##_##rows##x##columns(                                             \
        const float *const *x, const float *const *y, size_t n, size_t stride, float *scores)                          \
    {                                                                                                                  \
        score_block(x, rows, y, columns, n, stride, scores, kind);                                                     \
    }
#define SCORE_FUNCTIONS(rows, columns)                                                                                 \
    SCORE_FUNCTION(dot, DOT, rows, columns)                                                                            \
    SCORE_FUNCTION(sqdist, SQDIST, rows, columns)                                                                      \
    SCORE_FUNCTION(unit_sqdist, UNIT_SQDIST, rows, columns)
#define DOT_OF(rows, columns)         [columns][rows] = dot_##rows##x##columns,
#define SQDIST_OF(rows, columns)      [columns][rows] = sqdist_##rows##x##columns,
#define UNIT_SQDIST_OF(rows, columns) [columns][rows] = unit_sqdist_##rows##x##columns,

typedef score_function *const score_functions[DOT_COLUMNS + 1][DOT_ROWS + 1];

DOT_SHAPES(SCORE_FUNCTIONS)
static score_functions dots = {DOT_SHAPES(DOT_OF)};
static score_functions sqdists = {DOT_SHAPES(SQDIST_OF)};
static score_functions unit_sqdists = {DOT_SHAPES(UNIT_SQDIST_OF)};

/* Splits m x n into blocks of nearly equal height: 6 rows are 3 + 3, not 4 + 2. */
static void score(score_functions functions, const float *const *x, size_t m, const float *const *y, size_t n,
                  size_t stride, float *scores)
{
    size_t columns;

    for (size_t j = 0; j < n; j += columns) {
        size_t blocks, max_rows;
        columns = n - j <= DOT_COLUMNS ? n - j : DOT_BLOCK;
        max_rows = DOT_MAX_ROWS(columns);
        blocks = (m + max_rows - 1) / max_rows;
        for (size_t i = 0; i < m; blocks--) {
            const size_t rows = (m - i + blocks - 1) / blocks;
            functions[columns][rows](x + i, y + j, n, stride, scores + i * n + j);
            i += rows;
        }
    }
}

static void dot(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    score(dots, x, m, y, n, stride, scores);
}

static void sqdist(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    score(sqdists, x, m, y, n, stride, scores);
}

static void unit_sqdist(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    score(unit_sqdists, x, m, y, n, stride, scores);
}

/* Four at a time: their lanes are summed together. */
RACES
static void dot_matched(const float *const *x, const float *const *y, size_t count, size_t stride, float *products)
{
    for (size_t i = 0; i < count; i += 4) {
        const size_t last = count - 1 - i;
        vec sums[4] = {broadcast(0), broadcast(0), broadcast(0), broadcast(0)};
        vec4 four;
        for (size_t c = 0; c < stride; c += LANES) {
            UNROLL
            for (size_t k = 0; k < 4; k++)
                sums[k] += load(x[i + (k < last ? k : last)] + c) * load(y[i + (k < last ? k : last)] + c);
        }
        four = sum_lanes_of_four(sums[0], sums[1], sums[2], sums[3]);
        for (size_t k = 0; k < 4 && i + k < count; k++)
            products[i + k] = four[k];
    }
}

#endif
