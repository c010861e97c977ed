/* mean.c - an input is the mean of the rows of its words (CBOW).
 *
 * The update moves the mean by some change. The gradient of a row is that of the mean, divided by the number of words,
 * and so is its change (Irsoy et al. 2021, Corrected CBOW), times the rate of rows. word2vec gives each row all of the
 * change: as if the input were the sum. Where an objective keeps rows at length 1, the input is the mean scaled to
 * length 1. Its change is along the sphere, because the optimizer scales it to length 1 again, so that the gradient of
 * the mean is that of the scaled mean divided by the mean's length. */
#include "train/encoders/mean.h"

/* The mean of row i's inputs; returns their number. */
static size_t average(TileStep *step, const Example *example, size_t i)
{
    const size_t from = example->bag[i], count = example->bag[i + 1] - from;

    for (size_t k = from; k < from + count; k++)
        step->bag_rows[k] = tile_input_row(step, example->inputs[k]);
    mean_gather(step, i, step->bag_rows + from, count);
    return count;
}

static void gather(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++)
        step->bag_share[i] = CONTEXT_RATE / (float)average(step, example, i);
    mean_keep(step, example);
}

static void gather_whole(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++) {
        (void)average(step, example, i);
        step->bag_share[i] = 1;
    }
    mean_keep(step, example);
}

/* Rows that cancel out have a mean near 0: no row changes by more than the input does. */
static void gather_unit(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++) {
        const float count = (float)average(step, example, i);
        step->bag_share[i] = 1 / fmaxf(count * mean_length(step, i), 1);
    }
    kernels->normalize(step->x, example->rows, stride);
    mean_keep(step, example);
}

static void scatter(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++)
        mean_scatter(step, example, i, example->bag[i], example->bag[i + 1] - example->bag[i], step->bag_share[i]);
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
