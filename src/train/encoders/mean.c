/* mean.c - an input is the mean of the rows of its words (CBOW).
 *
 * The update moves the mean by some change. The gradient of a row is that of the mean, divided by the number of words, and
 * so is its change (Irsoy et al. 2021, Corrected CBOW), times the rate of rows. word2vec gives each row all of the change:
 * as if the input were the sum.
 * Where an objective keeps rows at length 1, the input is the mean scaled to length 1. Its change is along the sphere,
 * because the optimizer scales it to length 1 again, so that the gradient of the mean is that of the scaled mean divided by
 * the mean's length. */
#include <math.h>
#include <string.h>

#include "train/encoder.h"
#include "train/tile.h"

/* The mean of row i's inputs; returns their number. */
static size_t average(TileStep *step, const Example *example, size_t i)
{
    const size_t stride = step->options.model->stride, from = example->bag[i], count = example->bag[i + 1] - from;

    for (size_t k = from; k < from + count; k++)
        step->bag_rows[k] = tile_input_row(step, example->inputs[k]);
    step->x[i] = step->encoded + (2 * i + 1) * stride;
    step->options.kernels->gather((const float *const *)step->bag_rows + from, count, 1 / (float)count, stride,
                                  step->x[i]);
    return count;
}

/* Copies what scatter compares with. */
static void keep_inputs(TileStep *step, const Example *example)
{
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++)
        memcpy(step->encoded + 2 * i * stride, step->x[i], stride * sizeof(float));
}

static void gather(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++)
        step->bag_share[i] = CONTEXT_RATE / (float)average(step, example, i);
    keep_inputs(step, example);
}

static void gather_whole(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++) {
        (void)average(step, example, i);
        step->bag_share[i] = 1;
    }
    keep_inputs(step, example);
}

/* Rows that cancel out have a mean near 0: no row changes by more than the input does. */
static void gather_unit(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++) {
        const float count = (float)average(step, example, i);
        float square;
        kernels->norms((const float *const *)step->x + i, 1, stride, &square);
        step->bag_share[i] = 1 / fmaxf(count * sqrtf(square), 1);
    }
    kernels->normalize(step->x, example->rows, stride);
    keep_inputs(step, example);
}

static void scatter(TileStep *step, const Example *example)
{
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = example->bag[i], count = example->bag[i + 1] - from;
        step->options.kernels->scatter(step->bag_rows + from, count, step->bag_share[i], step->x[i],
                                       step->encoded + 2 * i * stride, stride);
    }
}

static void scatter_unit(TileStep *step, const Example *example)
{
    scatter(step, example);
    step->options.kernels->normalize(step->bag_rows, example_inputs(example), step->options.model->stride);
}

const Encoder encoder_mean = {.name = "mean", .weighs_bags = true, .buffers = 2, .gather = gather, .scatter = scatter};
const Encoder encoder_mean_whole = {
    .name = "mean, whole gradient", .buffers = 2, .gather = gather_whole, .scatter = scatter};
const Encoder encoder_unit_mean = {
    .name = "unit mean", .weighs_bags = true, .buffers = 2, .gather = gather_unit, .scatter = scatter_unit};
