/* mean.c - an input is the mean of the rows of its words (CBOW).
 *
 * The update moves the mean by some change. The gradient of a row is that of the mean, divided by the number of words, and
 * so is its change (Irsoy et al. 2021, Corrected CBOW). word2vec gives each row all of the change: as if the input were the
 * sum. */
#include <string.h>

#include "train/encoder.h"
#include "train/tile.h"

static void gather(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.model->stride;

    for (size_t k = 0; k < example_inputs(example); k++)
        step->bag_rows[k] = tile_input_row(step, example->inputs[k]);
    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = example->bag[i], count = example->bag[i + 1] - from;
        float *before = step->encoded + 2 * i * stride;
        step->x[i] = before + stride;
        kernels->gather((const float *const *)step->bag_rows + from, count, 1 / (float)count, stride, step->x[i]);
        memcpy(before, step->x[i], stride * sizeof *before);
    }
}

static void spread(TileStep *step, const Example *example, bool whole)
{
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = example->bag[i], count = example->bag[i + 1] - from;
        step->options.optimizer->scatter(step, example, from, count, whole ? 1 : 1 / (float)count, step->x[i],
                                         step->encoded + 2 * i * stride, stride);
    }
}

static void scatter(TileStep *step, const Example *example)
{
    spread(step, example, false);
}

static void scatter_whole(TileStep *step, const Example *example)
{
    spread(step, example, true);
}

const Encoder encoder_mean = {.name = "mean", .buffers = 2, .gather = gather, .scatter = scatter};
const Encoder encoder_mean_whole = {.name = "mean, whole gradient", .buffers = 2, .gather = gather, .scatter = scatter_whole};
