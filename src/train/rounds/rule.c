#include "train/rounds/rule.h"

#include <math.h>
#include <string.h>

#define LANES ((size_t)16) /* rows have a multiple of these */

/* The sum of the changes of some floats of a row. */
static inline void sum_changes(const float *row, const float *const *copies, size_t count, size_t at, float sums[LANES])
{
    for (size_t k = 0; k < LANES; k++)
        sums[k] = 0;
    for (size_t c = 0; c < count; c++)
        for (size_t k = 0; k < LANES; k++)
            sums[k] += copies[c][at + k] - row[at + k];
}

/* Adds the sum of the changes, each times a factor. */
static void add(float *row, const float *const *copies, size_t count, size_t floats, float factor)
{
    for (size_t at = 0; at < floats; at += LANES) {
        float sums[LANES];
        sum_changes(row, copies, count, at, sums);
        for (size_t k = 0; k < LANES; k++)
            row[at + k] += factor * sums[k];
    }
}

/* Sets room to the sum of the changes. Returns sqrt of the changes' squared lengths by that of their sum's, at most 1. */
static float sum_and_compare(const float *row, const float *const *copies, size_t count, size_t floats, float *room)
{
    float of_sum[LANES] = {0}, of_changes[LANES] = {0};
    double sum = 0, changes = 0;

    for (size_t at = 0; at < floats; at += LANES) {
        float sums[LANES] = {0};
        for (size_t c = 0; c < count; c++)
            for (size_t k = 0; k < LANES; k++) {
                const float change = copies[c][at + k] - row[at + k];
                sums[k] += change;
                of_changes[k] += change * change;
            }
        for (size_t k = 0; k < LANES; k++) {
            of_sum[k] += sums[k] * sums[k];
            room[at + k] = sums[k];
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        sum += (double)of_sum[k];
        changes += (double)of_changes[k];
    }
    return sum > changes ? (float)sqrt(changes / sum) : 1;
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
    for (size_t i = 0; i < floats; i++)
        row[i] += factor * room[i];
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
        float sums[LANES];
        sum_changes(row, copies, count, at, sums);
        for (size_t k = 0; k < LANES; k++) {
            memory[at + k] = MOMENTUM * memory[at + k] + share * sums[k];
            row[at + k] += OUTER_RATE * (MOMENTUM * memory[at + k] + share * sums[k]);
        }
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
