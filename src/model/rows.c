#include "model/rows.h"

#include <math.h>

#include "base/memory.h"

/* Lanes of their own let the compiler use vectors. */
double row_product(const float *x, const float *y, size_t stride)
{
    double lanes[ROW_FLOATS] = {0}, sum = 0;

    for (size_t at = 0; at < stride; at += ROW_FLOATS)
        for (size_t lane = 0; lane < ROW_FLOATS; lane++)
            lanes[lane] += (double)x[at + lane] * (double)y[at + lane];
    for (size_t lane = 0; lane < ROW_FLOATS; lane++)
        sum += lanes[lane];
    return sum;
}

double row_norm(const float *x, size_t stride)
{
    return sqrt(row_product(x, x, stride));
}

float row_cosine(const float *x, const float *y, size_t stride)
{
    const double norms = row_norm(x, stride) * row_norm(y, stride);
    const double ratio = norms > 0 ? row_product(x, y, stride) / norms : 0;
    return (float)(ratio > 1 ? 1 : ratio < -1 ? -1 : ratio);
}

void row_normalize(const float *x, size_t stride, float *out)
{
    const double norm = row_norm(x, stride), factor = norm > 0 ? 1 / norm : 0;

    for (size_t i = 0; i < stride; i++)
        out[i] = (float)((double)x[i] * factor);
}
