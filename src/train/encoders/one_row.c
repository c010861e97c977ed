/* one_row.c - an input is one row of the model, used and updated in place. */
#include "train/encoder.h"
#include "train/tile.h"

static void gather(TileStep *step, const Example *example)
{
    const Model *model = step->options.model;

    for (size_t i = 0; i < example->rows; i++)
        step->x[i] = model->input + example->inputs[i] * model->stride;
}

const Encoder encoder_one_row = {.name = "one row", .gather = gather};
