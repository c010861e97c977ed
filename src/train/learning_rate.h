/* learning_rate.h - the learning rate at a place in the corpus: it depends on nothing else. */
#ifndef N2V_TRAIN_LEARNING_RATE_H
#define N2V_TRAIN_LEARNING_RATE_H

#include <math.h>

#include "train/train_options.h"

#define DEFAULT_FALL 10000 /* from the rate at the start */

static inline double learning_rate_end(const TrainOptions *options)
{
    return options->end_rate > 0 ? options->end_rate : options->learning_rate / DEFAULT_FALL;
}

/* The share of the fall that is left: 1 at its beginning, 0 at its end. */
static inline double fall_left(Schedule schedule, double left)
{
    return schedule == SCHEDULE_COSINE ? (1 - cos(M_PI * left)) / 2 : left;
}

/* The learning rate after `words` of `total`. In the warm-up it rises linearly from 0. */
static inline double learning_rate_at(const TrainOptions *options, uint64_t words, uint64_t total)
{
    const double start = options->learning_rate, end = learning_rate_end(options), warmup = options->warmup;
    const double done = (double)words / (double)(total + 1);
    const double left = 1 - (done - warmup) / (1 - warmup); /* of the rest after the warm-up */

    if (done < warmup)
        return start * (done / warmup);
    if (options->schedule == SCHEDULE_CONSTANT)
        return start;
    /* word2vec's line goes to 0, and stops before it. The default keeps its bits. */
    if (options->schedule == SCHEDULE_LINEAR && end == start / DEFAULT_FALL)
        return start * (left > 1.0 / DEFAULT_FALL ? left : 1.0 / DEFAULT_FALL);
    return end + (start - end) * fall_left(options->schedule, left);
}

/* Whether the rate within a block can differ from the straight line between its ends. */
static inline bool learning_rate_bends(const TrainOptions *options)
{
    return options->warmup > 0 || options->schedule == SCHEDULE_COSINE;
}

#endif
