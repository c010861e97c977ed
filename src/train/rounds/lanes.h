/* lanes.h - arithmetic on whole rows, whose order does not depend on the machine: the compiler makes of the lanes what
 * the instruction set has, and no instruction fuses a product with a sum. */
#ifndef N2V_TRAIN_ROUNDS_LANES_H
#define N2V_TRAIN_ROUNDS_LANES_H

#include <stddef.h>

/* Rows have a multiple of them. */
typedef float Lanes __attribute__((vector_size(32), aligned(4), may_alias));

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

/* Adds the change from old to copy to sum. Returns the change's squared length. */
static inline double lanes_add_change(float *sum, const float *copy, const float *old, size_t floats)
{
    Lanes squares = {0};

    for (size_t at = 0; at < floats; at += LANES) {
        const Lanes change = *const_lanes_at(copy, at) - *const_lanes_at(old, at);
        *lanes_at(sum, at) += change;
        squares += change * change;
    }
    return lanes_sum(&squares);
}

/* Adds a row to sum. Returns the row's squared length. */
static inline double lanes_add(float *sum, const float *row, size_t floats)
{
    Lanes squares = {0};

    for (size_t at = 0; at < floats; at += LANES) {
        *lanes_at(sum, at) += *const_lanes_at(row, at);
        squares += *const_lanes_at(row, at) * *const_lanes_at(row, at);
    }
    return lanes_sum(&squares);
}

#endif
