/* mean.h - for encoders whose inputs are means of rows: a row of an example and its mean. */
#ifndef N2V_TRAIN_ENCODERS_MEAN_H
#define N2V_TRAIN_ENCODERS_MEAN_H

#include <string.h>

#include "train/encoder.h"
#include "train/tile.h"

/* The mean of row i before the update of step->x[i]. */
static inline float *mean_before(const TileStep *step, size_t i)
{
    return step->encoded + 2 * i * step->options.model->stride;
}

/* Sets step->x[i] to the mean of count rows of step->bag_rows. */
static inline void mean_gather(TileStep *step, size_t i, size_t from, size_t count)
{
    const size_t stride = step->options.model->stride;

    step->x[i] = mean_before(step, i) + stride;
    step->options.kernels->gather((const float *const *)step->bag_rows + from, count, 1 / (float)count, stride,
                                  step->x[i]);
}

/* Keeps the mean for mean_scatter. */
static inline void mean_keep(TileStep *step, size_t i)
{
    memcpy(mean_before(step, i), step->x[i], step->options.model->stride * sizeof(float));
}

/* Moves each of the rows by factor times what the update has moved the mean by. */
static inline void mean_scatter(TileStep *step, size_t i, size_t from, size_t count, float factor)
{
    step->options.kernels->scatter(step->bag_rows + from, count, factor, step->x[i], mean_before(step, i),
                                   step->options.model->stride);
}

#endif
