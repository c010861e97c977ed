#include "model/rows.h"

#include <math.h>

#include "base/memory.h"

/* Lanes of their own let the compiler use vectors. */
double n2v_row_product(const float *x, const float *y, size_t stride)
{
    double lanes[N2V_ROW_FLOATS] = {0}, sum = 0;

    for (size_t at = 0; at < stride; at += N2V_ROW_FLOATS)
        for (size_t lane = 0; lane < N2V_ROW_FLOATS; lane++)
            lanes[lane] += (double)x[at + lane] * (double)y[at + lane];
    for (size_t lane = 0; lane < N2V_ROW_FLOATS; lane++)
        sum += lanes[lane];
    return sum;
}

double n2v_row_norm(const float *x, size_t stride)
{
    return sqrt(n2v_row_product(x, x, stride));
}

float n2v_row_cosine(const float *x, const float *y, size_t stride)
{
    const double norms = n2v_row_norm(x, stride) * n2v_row_norm(y, stride);
    const double ratio = norms > 0 ? n2v_row_product(x, y, stride) / norms : 0;
    return (float)(ratio > 1 ? 1 : ratio < -1 ? -1 : ratio);
}

void n2v_row_normalize(const float *x, size_t stride, float *out)
{
    const double norm = n2v_row_norm(x, stride), factor = norm > 0 ? 1 / norm : 0;

    for (size_t i = 0; i < stride; i++)
        out[i] = (float)((double)x[i] * factor);
}
