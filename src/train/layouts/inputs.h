/* inputs.h - what layouts share whose rows are inputs, each with its own positives, against the same noise words. */
#ifndef N2V_TRAIN_LAYOUTS_INPUTS_H
#define N2V_TRAIN_LAYOUTS_INPUTS_H

#include "train/layout.h"

void inputs_prefetch(TileStep *step, const Example *example); /* all rows */
void inputs_forward(TileStep *step, const Example *example);
void inputs_backward(TileStep *step, const Example *example, float factor);

#endif
