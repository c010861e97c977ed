#include "train/rounds/rule.h"

#include <math.h>

#include "train/rounds/lanes.h"

static void add(float *row, const float *sum, size_t floats, float factor)
{
    for (size_t at = 0; at < floats; at += LANES)
        *lanes_at(row, at) += factor * *const_lanes_at(sum, at);
}

/* The changes are added. Where many go the same way, each has taken the same step from the same place, and all of them
 * together overshoot: the sum is no longer than that of as many changes in independent directions. */
static void sum_rule(float *row, const float *sum, double squares, size_t count, size_t floats, float *memory)
{
    const double length = count > 1 ? lanes_square(sum, floats) : 0;

    (void)memory;
    add(row, sum, floats, length > squares ? (float)sqrt(squares / length) : 1);
}

/* The mean over the virtual workers that touched the row (local SGD). */
static void mean_rule(float *row, const float *sum, double squares, size_t count, size_t floats, float *memory)
{
    (void)squares;
    (void)memory;
    add(row, sum, floats, 1 / (float)count);
}

#define MOMENTUM   0.9F
#define OUTER_RATE 0.7F

/* Nesterov's momentum on the mean change, as in SlowMo (Wang et al. 2020) and DiLoCo (Douillard et al. 2023), whose
 * constants these are. */
static void momentum_rule(float *row, const float *sum, double squares, size_t count, size_t floats, float *memory)
{
    const float share = 1 / (float)count;

    (void)squares;
    for (size_t at = 0; at < floats; at += LANES) {
        const Lanes change = share * *const_lanes_at(sum, at);
        Lanes *kept = lanes_at(memory, at);
        *kept = MOMENTUM * *kept + change;
        *lanes_at(row, at) += OUTER_RATE * (MOMENTUM * *kept + change);
    }
}

static const Rule rules[] = {
    {.name = "sum", .combine = sum_rule},
    {.name = "mean", .combine = mean_rule},
    {.name = "momentum", .memory = true, .combine = momentum_rule},
};

const Rule *rule_at(size_t index)
{
    return index < sizeof rules / sizeof *rules ? &rules[index] : NULL;
}
