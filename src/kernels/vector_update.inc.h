/* vector_update.inc.h - the backward pass: a part of the template, see vector_ops.inc.h. kernels.h says what
 * each function does. */
#ifndef N2V_KERNELS_VECTOR_UPDATE_INC_H
#define N2V_KERNELS_VECTOR_UPDATE_INC_H

#include "kernels/kernels.h"
#include "kernels/vector_ops.inc.h"

/* Prefetches elements c.. of the next step's rows. Prefetching whole rows at once would delay the update's loads. */
INLINE void prefetch(Prefetch next, size_t c)
{
    for (size_t k = 0; k < next.count; k++)
        __builtin_prefetch(next.rows[k] + c, 1);
}

/* Elements c.. of `columns` y rows and all x rows: each coefficient is broadcast once, for both sides. With deltas
 * the changes of the x rows are collected there, so that the next block of y rows still sees the old x. */
INLINE void update_block(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                         size_t columns, size_t n, size_t c, size_t moving, const float *g, float *deltas, bool first)
{
    vec old[UPDATE_COLUMNS], new[UPDATE_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j++) {
        old[j] = load(y[j] + c);
        new[j] = y_scale ? old[j] * y_scale[j] : old[j];
    }
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x[i] + c);
        vec sum = broadcast(0);
        UNROLL
        for (size_t j = 0; j < columns; j++) {
            const vec coefficient = broadcast(g[i * n + j]);
            sum += coefficient * old[j];
            new[j] += coefficient * here;
        }
        if (!deltas)
            store_moving(x[i], x_scale ? here * x_scale[i] + sum : here + sum, c, moving);
        else
            store(deltas + i * LANES, first ? sum : load(deltas + i * LANES) + sum);
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, new[j]);
}

/* At most UPDATE_COLUMNS columns: one pass. */
INLINE void update_pass(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t columns, size_t stride, size_t moving, const float *g, Prefetch next)
{
    for (size_t c = 0; c < stride; c += LANES) {
        prefetch(next, c);
        update_block(x, x_scale, m, y, y_scale, columns, columns, c, moving, g, NULL, true);
    }
}

INLINE void update_narrow(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                          size_t n, size_t stride, size_t moving, const float *g, Prefetch next)
{
    WITH_WIDTH(n, 1, UPDATE_COLUMNS, update_pass(x, x_scale, m, y, y_scale, WIDTH, stride, moving, g, next))
}

/* The same where the x rows are only read; x has their elements c.. one after the other. The sums are added at the
 * end, so that a y row that appears twice gets both. */
INLINE void update_still_block(const float *x, size_t m, float *const *y, const float *y_scale, size_t columns,
                               size_t n, size_t c, const float *g)
{
    vec sums[UPDATE_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j++)
        sums[j] = broadcast(0);
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x + i * LANES);
        UNROLL
        for (size_t j = 0; j < columns; j++)
            sums[j] += here * g[i * n + j];
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, (y_scale ? load(y[j] + c) * y_scale[j] : load(y[j] + c)) + sums[j]);
}

RACES
static void update_still(float *const *x, size_t m, float *const *y, const float *y_scale, size_t n, size_t stride,
                         const float *g, float *slices, Prefetch next)
{
    for (size_t c = 0; c < stride; c += LANES) {
        size_t columns;
        prefetch(next, c);
        for (size_t i = 0; i < m; i++)
            store(slices + i * LANES, load(x[i] + c));
        for (size_t j = 0; j < n; j += columns) {
            columns = n - j < UPDATE_COLUMNS ? n - j : UPDATE_COLUMNS;
            WITH_WIDTH(columns, 1, UPDATE_COLUMNS,
                       update_still_block(slices, m, y + j, y_scale ? y_scale + j : NULL, WIDTH, n, c, g + j))
        }
    }
}

INLINE void add_deltas(float *const *x, const float *x_scale, size_t m, size_t c, size_t moving, const float *deltas)
{
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x[i] + c);
        store_moving(x[i], (x_scale ? here * x_scale[i] : here) + load(deltas + i * LANES), c, moving);
    }
}

/* Blocks of nearly equal width: 8 columns are 4 + 4, not 6 + 2. */
RACES
static void update_wide(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t n, size_t stride, size_t moving, const float *g, float *deltas, Prefetch next)
{
    for (size_t c = 0; c < stride; c += LANES) {
        size_t blocks = (n + UPDATE_COLUMNS - 1) / UPDATE_COLUMNS, columns;
        prefetch(next, c);
        for (size_t j = 0; j < n; j += columns, blocks--) {
            columns = (n - j + blocks - 1) / blocks;
            WITH_WIDTH(columns, UPDATE_COLUMNS / 2, UPDATE_COLUMNS,
                       update_block(x, NULL, m, y + j, y_scale ? y_scale + j : NULL, WIDTH, n, c, moving, g + j, deltas,
                                    j == 0))
        }
        add_deltas(x, x_scale, m, c, moving, deltas);
    }
}

/* A single x row: its vectors stay in registers, the y rows follow one after the other. */
INLINE void update_single_block(float *x, const float *x_scale, float *const *y, const float *y_scale, size_t n,
                                size_t c, size_t vectors, size_t moving, const float *g)
{
    vec old[SINGLE_VECTORS], sum[SINGLE_VECTORS];

    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        old[v] = load(x + c + v * LANES);
        sum[v] = broadcast(0);
    }
    for (size_t j = 0; j < n; j++) {
        const float coefficient = g[j];
        float *row = y[j] + c;
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            const vec here = load(row + v * LANES);
            sum[v] += here * coefficient;
            store(row + v * LANES, (y_scale ? here * y_scale[j] : here) + old[v] * coefficient);
        }
    }
    UNROLL
    for (size_t v = 0; v < vectors; v++)
        store_moving(x, (x_scale ? old[v] * *x_scale : old[v]) + sum[v], c + v * LANES, moving);
}

RACES
static void update_single(float *x, const float *x_scale, float *const *y, const float *y_scale, size_t n,
                          size_t stride, size_t moving, const float *g, Prefetch next)
{
    size_t c = 0;

    for (; c < stride; c += LANES)
        prefetch(next, c); /* all at once: the loops below are too short to spread them */
    for (c = 0; c + SINGLE_VECTORS * LANES <= stride; c += SINGLE_VECTORS * LANES)
        update_single_block(x, x_scale, y, y_scale, n, c, SINGLE_VECTORS, moving, g);
    WITH_WIDTH((stride - c) / LANES, 1, SINGLE_VECTORS - 1,
               update_single_block(x, x_scale, y, y_scale, n, c, WIDTH, moving, g))
}

RACES
static void update(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch, Prefetch next)
{
    if (!moving)
        update_still(x, m, y, y_scale, n, stride, g, scratch, next);
    else if (m == 1)
        update_single(x[0], x_scale, y, y_scale, n, stride, moving, g, next);
    else if (n > UPDATE_COLUMNS)
        update_wide(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch, next);
    else if (x_scale || y_scale)
        update_narrow(x, x_scale, m, y, y_scale, n, stride, moving, g, next);
    else
        update_narrow(x, NULL, m, y, NULL, n, stride, moving, g, next);
}

#endif
