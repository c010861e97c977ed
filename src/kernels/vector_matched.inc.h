/* vector_matched.inc.h - the update of rows matched one to one: a part of the template, see vector_ops.inc.h.
 * kernels.h says what each function does. */
#ifndef N2V_KERNELS_VECTOR_MATCHED_INC_H
#define N2V_KERNELS_VECTOR_MATCHED_INC_H

#include "kernels/vector_rows.inc.h"
#include "kernels/vector_update.inc.h"

/* Updates one pair. */
INLINE void update_match(float *x, float *y, float left_x, float g_x, float left_y, float g_y, size_t stride,
                         size_t moving)
{
    for (size_t c = 0; c < stride; c += LANES) {
        const vec a = load(x + c), b = load(y + c);
        store_moving(x, a * left_x + b * g_x, c, moving);
        store(y + c, b * left_y + a * g_y);
    }
}

/* 1 / the lengths of left x + g y, of four x and y at once, from their squares and products. Sets `cancels` where the
 * terms cancel so far that the rounding of the result shows. */
INLINE vec4 inverse_moved_lengths(vec4 of_x, vec4 of_y, vec4 product, vec4 left, vec4 g, bool *cancels)
{
    const vec4 terms = left * left * of_x + g * g * of_y, square = terms + 2 * left * g * product;

    *cancels |= any_less(square, terms * 1e-2F);
    return inverse_root_or_one(square);
}

INLINE bool four_distinct(float *const *rows)
{
    return (rows[0] != rows[1]) & (rows[0] != rows[2]) & (rows[0] != rows[3]) & (rows[1] != rows[2]) &
           (rows[1] != rows[3]) & (rows[2] != rows[3]);
}

/* Updates the first `some` of four pairs; none of their rows appears twice. The new lengths are computed from squares
 * and products of the old rows, so that the new rows are written once, not updated and then normalized. */
INLINE void update_four_matched(float *const *x, float *const *y, vec4 left, vec4 g, size_t some, size_t stride)
{
    vec of_x[4], of_y[4], products[4];
    vec4 square_x, square_y, product, to_x, to_y;
    bool cancels = false;

    UNROLL
    for (size_t k = 0; k < 4; k++)
        of_x[k] = of_y[k] = products[k] = broadcast(0);
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
        to_x = to_y = broadcast_four(1);
    for (size_t k = 0; k < some; k++)
        update_match(x[k], y[k], left[k] * to_x[k], g[k] * to_x[k], left[k] * to_y[k], g[k] * to_y[k], stride, stride);
    if (cancels) {
        normalize(x, some, stride);
        normalize(y, some, stride);
    }
}

RACES
static void update_matched(float *const *x, float *const *y, const float *scale, size_t count, size_t stride,
                           size_t moving, const float *g, bool unit)
{
    for (size_t i = 0; i < count;) {
        if (!unit) {
            const float left = scale ? scale[i] : 1;
            update_match(x[i], y[i], left, g[i], left, g[i], stride, moving);
            i++;
        } else if (count - i >= 4 && four_distinct(x + i) && four_distinct(y + i)) {
            const vec4 left = scale ? load_four(scale + i) : broadcast_four(1);
            update_four_matched(x + i, y + i, left, load_four(g + i), 4, stride);
            i += 4;
        } else {
            float *const same_x[4] = {x[i], x[i], x[i], x[i]}, *const same_y[4] = {y[i], y[i], y[i], y[i]};
            update_four_matched(same_x, same_y, broadcast_four(scale ? scale[i] : 1), broadcast_four(g[i]), 1, stride);
            i++;
        }
    }
}

#endif
