/* one_row.c - an input is one row of the model, used and updated in place. */
#include "train/encoder.h"
#include "train/tile.h"

static void gather(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++)
        step->x[i] = tile_input_row(step, example->inputs[i]);
}

const Encoder encoder_one_row = {.name = "one row", .gather = gather};
