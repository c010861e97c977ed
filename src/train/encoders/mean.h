/* mean.h - for encoders whose inputs are means of rows. */
#ifndef N2V_TRAIN_ENCODERS_MEAN_H
#define N2V_TRAIN_ENCODERS_MEAN_H

#include <math.h>
#include <string.h>

#include "train/encoder.h"
#include "train/tile.h"

/* Sets step->x[i] to the mean of count rows. */
static inline void mean_gather(TileStep *step, size_t i, float *const *rows, size_t count)
{
    const size_t stride = step->options.model->stride;

    step->x[i] = step->encoded + (2 * i + 1) * stride;
    step->options.kernels->gather((const float *const *)rows, count, 1 / (float)count, stride, step->x[i]);
}

static inline float mean_length(const TileStep *step, size_t i)
{
    float square;

    step->options.kernels->norms((const float *const *)step->x + i, 1, step->options.model->stride, &square);
    return sqrtf(square);
}

/* Copies what mean_scatter compares with. */
static inline void mean_keep(TileStep *step, const Example *example)
{
    const size_t stride = step->options.model->stride;

    for (size_t i = 0; i < example->rows; i++)
        memcpy(step->encoded + 2 * i * stride, step->x[i], stride * sizeof(float));
}

/* Moves each of the rows by factor times what the update has moved the mean by. */
static inline void mean_scatter(TileStep *step, const Example *example, size_t i, size_t from, size_t count,
                                float factor)
{
    const size_t stride = step->options.model->stride;

    step->options.optimizer->scatter(step, example, from, count, factor, step->x[i], step->encoded + 2 * i * stride,
                                     stride);
}

#endif
