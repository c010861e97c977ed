/* adagrad.c - row-wise Adagrad (Duchi et al. 2011, with one accumulator for each row).
 *
 *     a <- a + mean of g^2 over the elements of the row      row <- row - lr g / sqrt(a + EPSILON)
 *
 * g is the row's whole gradient of the example, as a step of SGD gives it: SGD changes copies of the rows at a small
 * rate, and g is the change divided by that rate. So every geometry and need that SGD has, step clipping included, is
 * Adagrad's, too. A row that is an input twice has two gradients. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "train/optimizer.h"
#include "train/tile.h"

/* Of SGD on the copies. A higher one rounds less; with a lower one the gradients of an example's blocks, which follow
 * one after the other, are more nearly those of the same rows. */
#define GRADIENT_RATE 0.015625F

#define EPSILON 1e-8F /* so that a row without a gradient is not divided by 0 */

static float *copy_of(const TileStep *step, size_t i)
{
    return step->copies + 2 * i * step->options.stride;
}

/* The rows that are copied: all, but for the encoder's own. */
static size_t first_copied(const TileStep *step, const Example *example)
{
    return step->options.encoder->scatter ? example->rows : 0;
}

/* That of row i of an example, whose outputs follow its inputs. */
static _Atomic float *accumulator_of(const TileStep *step, const Example *example, size_t i)
{
    return i < example->rows ? tile_accumulator(step, example->inputs[i])
                             : tile_accumulator(step, step->options.model->input_rows +
                                                          example->output_ids[i - example->rows]);
}

static void begin(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.stride;

    for (size_t i = first_copied(step, example); i < example->rows + example->outputs; i++) {
        float *before = copy_of(step, i), *after = before + stride;
        __builtin_prefetch(accumulator_of(step, example, i), 1);
        kernels->gather((const float *const *)step->x + i, 1, 1, stride, before);
        memcpy(after, before, stride * sizeof *after);
        step->originals[i] = step->x[i];
        step->x[i] = after;
    }
    tile_set_columns(step, example);
    if (step->needs & N2V_NEEDS_SHARED_BIAS) {
        step->original_bias = step->shared_bias;
        step->bias_before = atomic_load_explicit(step->shared_bias, memory_order_relaxed);
        atomic_store_explicit(&step->bias_copy, step->bias_before, memory_order_relaxed);
        step->shared_bias = &step->bias_copy;
    }
}

/* Adds the square of a gradient to an accumulator. Returns the factor of the change. */
static float factor_of(const TileStep *step, _Atomic float *accumulator, float share, float square)
{
    const float sum = atomic_load_explicit(accumulator, memory_order_relaxed) + share * share * square;

    atomic_store_explicit(accumulator, sum, memory_order_relaxed); /* Hogwild, too */
    return share * step->learning_rate / (GRADIENT_RATE * sqrtf(sum + EPSILON));
}

/* The mean of the squared elements of a gradient. */
static float mean_square(const TileStep *step, const float *after, const float *before, size_t stride, bool bias)
{
    const size_t elements = step->options.model->dim * (stride / step->options.model->stride) + bias;
    float square;

    step->options.kernels->sqdist(&after, 1, &before, 1, stride, &square);
    return square / (GRADIENT_RATE * GRADIENT_RATE * (float)elements);
}

static void block(TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells)
{
    optimizer_sgd.block(step, i, rows, j, outputs, cells);
}

static void finish_bias(TileStep *step)
{
    const float change = atomic_load_explicit(&step->bias_copy, memory_order_relaxed) - step->bias_before;
    const float gradient = change / GRADIENT_RATE;
    const float factor = factor_of(step, tile_bias_accumulator(step), 1, gradient * gradient);

    step->shared_bias = step->original_bias;
    atomic_store_explicit(step->shared_bias,
                          atomic_load_explicit(step->shared_bias, memory_order_relaxed) + factor * change,
                          memory_order_relaxed);
}

static void finish(TileStep *step, const Example *example, float rate, float factor)
{
    const TileOptions *options = &step->options;
    const size_t first = first_copied(step, example), end = example->rows + example->outputs;

    optimizer_sgd.finish(step, example, rate, factor);
    for (size_t i = first; i < end; i++) {
        const float *before = copy_of(step, i), *after = before + options->stride;
        const bool bias = options->model->has_bias && i >= example->rows;
        const float square = mean_square(step, after, before, options->stride, bias);
        step->x[i] = step->originals[i];
        options->kernels->scatter(step->x + i, 1, factor_of(step, accumulator_of(step, example, i), 1, square), after,
                                  before, options->stride);
    }
    tile_set_columns(step, example);
    if (step->needs & N2V_NEEDS_UNIT_ROWS)
        options->kernels->normalize(step->x + first, end - first, options->stride);
    if (step->needs & N2V_NEEDS_SHARED_BIAS)
        finish_bias(step);
}

static void scatter(TileStep *step, const Example *example, size_t from, size_t count, float share, const float *after,
                    const float *before, size_t stride)
{
    const float square = mean_square(step, after, before, stride, false);
    size_t all;
    const uint32_t *rows = tile_input_numbers(step, example, &all);

    for (size_t k = from; k < from + count; k++)
        step->options.kernels->scatter(step->bag_rows + k, 1,
                                       factor_of(step, tile_accumulator(step, rows[k]), share, square), after,
                                       before, stride);
}

const Optimizer optimizer_adagrad = {
    .name = "adagrad",
    .copies = 2,
    .accumulates = true,
    .gradient_rate = GRADIENT_RATE,
    .default_rate = 0.2, /* of all objectives: a factor of the loss changes no step */
    .begin = begin,
    .block = block,
    .finish = finish,
    .scatter = scatter,
};
