#include "model/rows.h"

#include <math.h>

#include "base/memory.h"

/* Separate lanes let the compiler use vectors. */
double row_product(const float *x, const float *y, size_t dim)
{
    const size_t whole = dim - dim % ROW_FLOATS;
    double lanes[ROW_FLOATS] = {0}, sum = 0;

    for (size_t at = 0; at < whole; at += ROW_FLOATS)
        for (size_t lane = 0; lane < ROW_FLOATS; lane++)
            lanes[lane] += (double)x[at + lane] * (double)y[at + lane];
    for (size_t lane = 0; lane < dim % ROW_FLOATS; lane++)
        lanes[lane] += (double)x[whole + lane] * (double)y[whole + lane];
    for (size_t lane = 0; lane < ROW_FLOATS; lane++)
        sum += lanes[lane];
    return sum;
}

double row_norm(const float *x, size_t dim)
{
    return sqrt(row_product(x, x, dim));
}

float row_cosine(const float *x, const float *y, size_t dim)
{
    const double norms = row_norm(x, dim) * row_norm(y, dim);
    const double ratio = norms > 0 ? row_product(x, y, dim) / norms : 0;
    return (float)(ratio > 1 ? 1 : ratio < -1 ? -1 : ratio);
}

void row_normalize(const float *x, size_t dim, float *out)
{
    const double norm = row_norm(x, dim), factor = norm > 0 ? 1 / norm : 0;

    for (size_t i = 0; i < dim; i++)
        out[i] = (float)((double)x[i] * factor);
}
