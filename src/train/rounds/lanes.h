/* lanes.h - arithmetic on whole rows, whose order does not depend on the machine: the compiler makes of the lanes what
 * the instruction set has, and no instruction fuses a product with a sum. */
#ifndef N2V_TRAIN_ROUNDS_LANES_H
#define N2V_TRAIN_ROUNDS_LANES_H

#include <stddef.h>

/* Rows have a multiple of them. */
typedef float Lanes __attribute__((vector_size(16), aligned(4), may_alias));

#define LANES (sizeof(Lanes) / sizeof(float))

static inline Lanes *lanes_at(float *floats, size_t at)
{
    return (Lanes *)(floats + at);
}

static inline const Lanes *const_lanes_at(const float *floats, size_t at)
{
    return (const Lanes *)(floats + at);
}

static inline double lanes_sum(const Lanes *lanes)
{
    double sum = 0;

    for (size_t k = 0; k < LANES; k++)
        sum += (double)(*lanes)[k];
    return sum;
}

/* The squared length. */
static inline double lanes_square(const float *row, size_t floats)
{
    Lanes squares = {0};

    for (size_t at = 0; at < floats; at += LANES)
        squares += *const_lanes_at(row, at) * *const_lanes_at(row, at);
    return lanes_sum(&squares);
}

#endif
