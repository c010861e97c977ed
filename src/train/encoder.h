/* encoder.h - from the input words of an example to the rows x that are scored.
 *
 * An input is a list of (row, weight) of the model. With one row of weight 1 the kernels work on the model in place;
 * otherwise inputs are gathered into a buffer, and their gradient is scattered back with the same weights. */
#ifndef N2V_TRAIN_ENCODER_H
#define N2V_TRAIN_ENCODER_H

#include "train/example.h"
#include "train/layout.h"

typedef struct Encoder {
    const char *name;
    void (*gather)(TileStep *step, const Example *example);  /* sets step->x */
    void (*scatter)(TileStep *step, const Example *example); /* after the update of step->x; NULL: x is the model's */
} Encoder;

extern const Encoder encoder_one_row; /* skip-gram: the word's own row */

#endif
