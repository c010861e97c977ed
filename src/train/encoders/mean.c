/* mean.c - an input is the mean of the rows of its words (CBOW).
 *
 * The update moves the mean by some change. The gradient of a row is that of the mean, divided by the number of words, and
 * so is its change (Irsoy et al. 2021, Corrected CBOW). word2vec gives each row all of the change: as if the input were the
 * sum. */
#include "train/encoders/mean.h"

static void gather(TileStep *step, const Example *example)
{
    for (size_t k = 0; k < example_inputs(example); k++)
        step->bag_rows[k] = tile_input_row(step, example->inputs[k]);
    for (size_t i = 0; i < example->rows; i++) {
        mean_gather(step, i, example->bag[i], example->bag[i + 1] - example->bag[i]);
        mean_keep(step, i);
    }
}

static void spread(TileStep *step, const Example *example, bool whole)
{
    for (size_t i = 0; i < example->rows; i++) {
        const size_t count = example->bag[i + 1] - example->bag[i];
        mean_scatter(step, i, example->bag[i], count, whole ? 1 : 1 / (float)count);
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
const Encoder encoder_mean_whole = {
    .name = "mean, whole gradient", .buffers = 2, .gather = gather, .scatter = scatter_whole};
