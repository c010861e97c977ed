/* doubles.h - products and sums of arrays of doubles. */
#ifndef N2V_MODEL_DOUBLES_H
#define N2V_MODEL_DOUBLES_H

#include <stddef.h>

/* Separate lanes let the compiler use vectors. */
static inline double doubles_product(const double *x, const double *y, size_t n)
{
    double lanes[8] = {0}, sum = 0;
    const size_t whole = n - n % 8;

    for (size_t i = 0; i < whole; i += 8)
        for (size_t lane = 0; lane < 8; lane++)
            lanes[lane] += x[i + lane] * y[i + lane];
    for (size_t i = whole; i < n; i++)
        sum += x[i] * y[i];
    for (size_t lane = 0; lane < 8; lane++)
        sum += lanes[lane];
    return sum;
}

/* y += factor x */
static inline void doubles_add(double *restrict y, double factor, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

#endif
