#include "train/rounds/rule.h"

#include <math.h>
#include <string.h>

/* Floats that are computed together: rows have a multiple of them. The compiler makes of it what the machine has. */
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

static double sum_of(const Lanes *lanes)
{
    double sum = 0;

    for (size_t k = 0; k < LANES; k++)
        sum += (double)(*lanes)[k];
    return sum;
}

/* Adds the sum of the changes, each times a factor. */
static void add(float *row, const float *const *copies, size_t count, size_t floats, float factor)
{
    for (size_t at = 0; at < floats; at += LANES) {
        Lanes *old = lanes_at(row, at), sum = {0};
        for (size_t c = 0; c < count; c++)
            sum += *const_lanes_at(copies[c], at) - *old;
        *old += factor * sum;
    }
}

/* Sets room to the sum of the changes. Returns sqrt of the changes' squared lengths by that of their sum's, at most 1. */
static float sum_and_compare(const float *row, const float *const *copies, size_t count, size_t floats, float *room)
{
    Lanes of_sum = {0}, of_changes = {0};
    double summed, changed;

    for (size_t at = 0; at < floats; at += LANES) {
        const Lanes old = *const_lanes_at(row, at);
        Lanes sum = {0};
        for (size_t c = 0; c < count; c++) {
            const Lanes change = *const_lanes_at(copies[c], at) - old;
            sum += change;
            of_changes += change * change;
        }
        of_sum += sum * sum;
        *lanes_at(room, at) = sum;
    }
    summed = sum_of(&of_sum);
    changed = sum_of(&of_changes);
    return summed > changed ? (float)sqrt(changed / summed) : 1;
}

/* The changes are added. Where many go the same way, each has taken the same step from the same place, and all of them
 * together overshoot: the sum is no longer than that of as many changes in independent directions. */
static void sum(float *row, const float *const *copies, size_t count, size_t floats, float *memory, float *room)
{
    float factor;

    (void)memory;
    if (count == 1) {
        memcpy(row, copies[0], floats * sizeof *row);
        return;
    }
    factor = sum_and_compare(row, copies, count, floats, room);
    for (size_t at = 0; at < floats; at += LANES)
        *lanes_at(row, at) += factor * *const_lanes_at(room, at);
}

/* The mean over the virtual workers that touched the row (local SGD). */
static void mean(float *row, const float *const *copies, size_t count, size_t floats, float *memory, float *room)
{
    (void)room;
    (void)memory;
    add(row, copies, count, floats, 1 / (float)count);
}

#define MOMENTUM   0.9F
#define OUTER_RATE 0.7F

/* Nesterov's momentum on the mean change, as in SlowMo (Wang et al. 2020) and DiLoCo (Douillard et al. 2023), whose
 * constants these are. */
static void momentum(float *row, const float *const *copies, size_t count, size_t floats, float *memory, float *room)
{
    const float share = 1 / (float)count;

    (void)room;
    for (size_t at = 0; at < floats; at += LANES) {
        Lanes *old = lanes_at(row, at), *kept = lanes_at(memory, at), change = {0};
        for (size_t c = 0; c < count; c++)
            change += *const_lanes_at(copies[c], at) - *old;
        change *= share;
        *kept = MOMENTUM * *kept + change;
        *old += OUTER_RATE * (MOMENTUM * *kept + change);
    }
}

static const Rule rules[] = {
    {.name = "sum", .combine = sum},
    {.name = "mean", .combine = mean},
    {.name = "momentum", .memory = 1, .combine = momentum},
};

const Rule *rule_at(size_t index)
{
    return index < sizeof rules / sizeof *rules ? &rules[index] : NULL;
}
