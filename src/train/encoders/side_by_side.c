/* side_by_side.c - an input is the rows of a window, each at the place of its position (CWindow, Ling et al. 2015).
 *
 * Positions beyond the window or the sentence are zeros. The bias of an output is behind its last vector, therefore the
 * input's 1 is there and nowhere else. */
#include <string.h>

#include "train/encoder.h"
#include "train/tile.h"

static size_t vectors(size_t window)
{
    return 2 * window;
}

static void gather(TileStep *step, const Example *example)
{
    const Model *model = step->options.model;
    const size_t stride = model->stride, wide = step->options.stride;

    for (size_t k = 0; k < example_inputs(example); k++)
        step->bag_rows[k] = tile_input_row(step, example->inputs[k]);
    for (size_t i = 0; i < example->rows; i++) {
        float *before = step->encoded + 2 * i * wide, *x = before + wide;
        fill_floats(x, wide, 0);
        for (size_t k = example->bag[i]; k < example->bag[i + 1]; k++) {
            float *place = x + example->place[k] * stride;
            step->options.kernels->gather((const float *const *)step->bag_rows + k, 1, 1, stride, place);
            if (model->has_bias)
                place[model->dim] = 0;
        }
        if (model->has_bias)
            x[model_bias_at(model)] = 1;
        step->x[i] = x;
        memcpy(before, x, wide * sizeof *before);
    }
}

static void scatter(TileStep *step, const Example *example)
{
    const size_t stride = step->options.model->stride, wide = step->options.stride;

    for (size_t i = 0; i < example->rows; i++)
        for (size_t k = example->bag[i]; k < example->bag[i + 1]; k++) {
            const size_t place = example->place[k] * stride;
            step->options.kernels->scatter(step->bag_rows + k, 1, 1, step->x[i] + place,
                                           step->encoded + 2 * i * wide + place, stride);
        }
}

const Encoder encoder_side_by_side = {
    .name = "side by side", .vectors = vectors, .buffers = 2, .gather = gather, .scatter = scatter};
