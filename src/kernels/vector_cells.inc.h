/* vector_cells.inc.h - splits, joins and clips the cells of a tile: a part of the template, see vector_ops.inc.h.
 * kernels.h says what each function does. */
#ifndef N2V_KERNELS_VECTOR_CELLS_INC_H
#define N2V_KERNELS_VECTOR_CELLS_INC_H

#include "kernels/vector_ops.inc.h"

/* Eight floats at a time: an access to sixteen that are not aligned would always touch two cache lines. */
#define EIGHT 8

static void split(const float *cells, size_t m, size_t width, size_t n, const uint8_t *members,
                  const uint32_t *first, float *scores, float *positives)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; c < n; c += EIGHT)
            store_eight(scores + i * n + c, load_eight(cells + i * width + c));
        store_compressed(positives + first[i], load_eight(cells + i * width + n), members[i]);
    }
}

static void join(const float *scores, const float *positives, size_t m, size_t n, const uint8_t *members,
                 const uint32_t *first, float factor, size_t width, float *cells)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; c < n; c += EIGHT)
            store_eight(cells + i * width + c, load_eight(scores + i * n + c) * factor);
        store_eight(cells + i * width + n, load_expanded(positives + first[i], members[i]) * factor);
    }
}

/* Multiplies the cells by factor; the scales were computed from the cells as they were. */
static void clip_steps(float *cells, size_t m, size_t n, float factor, float *x_scale, float *y_scale)
{
    for (size_t c = 0; c < m * n; c += LANES)
        vec_store_up_to(cells + c, vec_load_up_to(cells + c, m * n - c) * factor, m * n - c);
    for (size_t i = 0; i < m; i += LANES)
        vec_store_up_to(x_scale + i, 1 - (1 - vec_load_up_to(x_scale + i, m - i)) * factor, m - i);
    for (size_t j = 0; j < n; j += LANES)
        vec_store_up_to(y_scale + j, 1 - (1 - vec_load_up_to(y_scale + j, n - j)) * factor, n - j);
}

/* At most LANES columns: a row is one vector, and is read once. */
static void bound_narrow_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    vec sums = broadcast(0), magnitudes = broadcast(0);
    vec4 longest = broadcast_four(0);
    float max;

    for (size_t i = 0; i < m; i += 4) {
        vec row[4];
        vec4 left;
        UNROLL
        for (size_t k = 0; k < 4; k++) {
            row[k] = load_row(cells, i + k, m, n);
            sums += row[k];
            magnitudes += magnitude(row[k]);
        }
        left = 1 - sum_lanes_of_four(row[0], row[1], row[2], row[3]);
        /* a NaN first: the maximum is then the number */
        longest = max_four(sum_lanes_of_four(magnitude(row[0]), magnitude(row[1]), magnitude(row[2]),
                                             magnitude(row[3])),
                           longest);
        if (i + 4 <= m)
            store_four(x_scale + i, left);
        else
            vec_store_some(x_scale + i, vec_of_four(left), m - i);
    }
    vec_store_up_to(y_scale, 1 - sums, n);
    magnitudes = choose(magnitudes == magnitudes, magnitudes, broadcast(0));
    longest = max_four(longest, max_lanes_of_four(magnitudes, magnitudes, magnitudes, magnitudes));
    max = max_lanes(vec_of_four(longest));
    if (max > limit) /* rare: the stores above do not wait for it */
        clip_steps(cells, m, n, limit / max, x_scale, y_scale);
}

static void bound_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    float longest = limit, factor;

    if (n <= LANES) {
        bound_narrow_steps(cells, m, n, limit, x_scale, y_scale);
        return;
    }
    for (size_t i = 0; i < m; i++)
        x_scale[i] = 0;
    for (size_t c = 0; c < n; c += LANES) {
        vec magnitudes = broadcast(0), row[4];
        for (size_t i = 0; i < m; i += 4) {
            UNROLL
            for (size_t k = 0; k < 4; k++) {
                row[k] = i + k < m ? magnitude(vec_load_up_to(cells + (i + k) * n + c, n - c)) : broadcast(0);
                magnitudes += row[k];
            }
            add_row_sums(row, i, m, 1, x_scale);
        }
        vec_store_up_to(y_scale + c, magnitudes, n - c);
    }
    for (size_t j = 0; j < n; j++)
        longest = y_scale[j] > longest ? y_scale[j] : longest;
    for (size_t i = 0; i < m; i++) {
        longest = x_scale[i] > longest ? x_scale[i] : longest;
        x_scale[i] = 1;
    }
    factor = limit / longest;
    for (size_t c = 0; c < n; c += LANES) {
        vec left = broadcast(1), row[4];
        for (size_t i = 0; i < m; i += 4) {
            UNROLL
            for (size_t k = 0; k < 4; k++) {
                row[k] = i + k < m ? vec_load_up_to(cells + (i + k) * n + c, n - c) * factor : broadcast(0);
                left -= row[k];
                if (i + k < m && factor < 1)
                    vec_store_up_to(cells + (i + k) * n + c, row[k], n - c);
            }
            add_row_sums(row, i, m, -1, x_scale);
        }
        vec_store_up_to(y_scale + c, left, n - c);
    }
}

#endif
