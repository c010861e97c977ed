/* sgd.c - stochastic gradient descent in place. Threads update the same rows without locks (Hogwild, Recht et al.
 * 2011): an update may be lost, a float is never torn. */
#include <stdatomic.h>

#include "train/optimizer.h"
#include "train/tile.h"

/* Step clipping for distances: the largest sum of a row's coefficients. The sum is the share of its distances that the
 * row moves in one step. Longer steps, as rows in many pairs of a small batch would take, overshoot and diverge. */
#define MAX_STEP 0.5F

/* The update of a block of pairs from its coefficients: -lr dLoss/dscore, or for distances
 * 2 lr dLoss/dscore, because
 *     x_i - lr sum_j g_ij 2 (x_i - y_j) = (1 - sum_j 2 lr g_ij) x_i + sum_j 2 lr g_ij y_j.
 * Rows of length 1 are scaled, too, although normalizing undoes that: without the scaling, steps towards other rows
 * would be shorter, steps away from them longer, and the vectors worse with any learning rate. */
static void block(TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells)
{
    const TileOptions *options = &step->options;
    const Kernels *kernels = options->kernels;
    float *x_scale = NULL, *y_scale = NULL;

    if (!rows || !outputs)
        return;
    if (step->needs & N2V_NEEDS_SHARED_BIAS) {
        float sum = atomic_load_explicit(step->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            sum += cells[c];
        atomic_store_explicit(step->shared_bias, sum, memory_order_relaxed); /* Hogwild, too */
    }
    if (options->objective->geometry == N2V_SQEUCLID) {
        x_scale = step->x_scale;
        y_scale = step->y_scale;
        kernels->bound_steps(cells, rows, outputs, MAX_STEP, x_scale, y_scale);
    }
    kernels->update(step->x + i, x_scale, rows, step->y + j, y_scale, outputs, options->stride,
                    model_bias_at(options->model), cells, step->update_scratch,
                    (Prefetch){step->prefetch, step->prefetch_count});
    step->prefetch_count = 0; /* prefetched */
}

/* |x|^2 turns into x_i <- (1 - lr 2 g_i) x_i. */
static void update_norms(TileStep *step, const Example *example, float rate)
{
    const float *inputs = step->norm_gradient, *negatives = inputs + example->rows;
    const float *positives = negatives + example->negatives;
    const size_t stride = step->options.stride;

    fill_floats(step->y_scale, example->outputs, 1);
    for (size_t i = 0; i < example->rows; i++)
        step->x_scale[i] = 1 - 2 * rate * inputs[i];
    for (size_t j = 0; j < example->negatives; j++)
        step->y_scale[tile_output(example, j)] -= 2 * rate * negatives[j];
    for (size_t p = 0; p < example->positives; p++)
        step->y_scale[example->positive[p]] -= 2 * rate * positives[p];
    step->options.kernels->scale(step->x, step->x_scale, example->rows, stride, stride);
    step->options.kernels->scale(step->y, step->y_scale, example->outputs, stride, stride);
}

/* Moves each row by its own pairs: row_i - lr sum_l (g_il + g_li) dscore_il/drow_i, g being symmetric. */
static void update_side(TileStep *step, float *const *rows, size_t count, float *pairs, float factor, Prefetch next)
{
    const Kernels *kernels = step->options.kernels;
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID;
    float *row_scale = step->side_scale, *column_scale = row_scale + count;

    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++)
        pairs[i * count + i] = 0;
    fill_floats(row_scale, count, 2 * factor);
    kernels->math.weigh(pairs, count, count, row_scale, NULL);
    if (squared)
        kernels->bound_steps(pairs, count, count, MAX_STEP, row_scale, column_scale);
    kernels->update(rows, NULL, count, rows, squared ? row_scale : NULL, count, step->options.stride, 0, pairs,
                    step->update_scratch, next);
}

/* Each row and its positive, which together are all outputs of a batch. Also normalizes them, where the objective needs
 * rows of length 1. */
static void update_positives(TileStep *step, const Example *example, float factor)
{
    const Kernels *kernels = step->options.kernels;
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID;
    const size_t rows = example->rows, stride = step->options.stride;

    for (size_t i = 0; i < rows; i++) {
        float *g = step->positive_gradient + i;
        *g *= factor;
        if (squared)
            *g = *g > MAX_STEP ? MAX_STEP : *g < -MAX_STEP ? -MAX_STEP : *g;
        step->x_scale[i] = 1 - *g;
    }
    kernels->update_matched(step->x, tile_columns(step, example), squared ? step->x_scale : NULL, rows, stride,
                            model_bias_at(step->options.model), step->positive_gradient,
                            step->needs & N2V_NEEDS_UNIT_ROWS);
}

static void finish(TileStep *step, const Example *example, float rate, float factor)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    if (step->needs & N2V_NEEDS_SIDES) {
        const size_t half = step->prefetch_count / 2; /* each side prefetches half of the next rows */
        update_side(step, step->x, rows, step->input_pair_gradient, factor, (Prefetch){step->prefetch, half});
        update_side(step, tile_columns(step, example), n, step->output_pair_gradient, factor,
                    (Prefetch){step->prefetch + half, step->prefetch_count - half});
        step->prefetch_count = 0;
    }
    if (step->needs & N2V_NEEDS_NORMS)
        update_norms(step, example, rate);
    if (step->needs & N2V_NEEDS_POSITIVES_ONLY)
        update_positives(step, example, factor);
    else if (step->needs & N2V_NEEDS_UNIT_ROWS)
        step->options.kernels->normalize(step->x, rows + outputs, step->options.stride);
}

static void scatter(TileStep *step, const Example *example, size_t from, size_t count, float share, const float *after,
                    const float *before, size_t stride)
{
    (void)example;
    step->options.kernels->scatter(step->bag_rows + from, count, share, after, before, stride);
}

const Optimizer optimizer_sgd = {.name = "sgd", .block = block, .finish = finish, .scatter = scatter};
