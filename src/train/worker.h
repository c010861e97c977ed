/* worker.h - a thread's loop: take a block, train on it, tell how far it is. */
#ifndef N2V_TRAIN_WORKER_H
#define N2V_TRAIN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "train/tile.h"
#include "train/trainer.h"

/* The loss of a sample of tiles, summed. */
typedef struct LossSum {
    double loss;
    uint64_t pairs;
} LossSum;

/* What the workers of a run share.
 *
 * An epoch has a turn for each block of the text and then one for each held-out block.
 * With held-out blocks, neither kind begins before the last turn of the other kind is
 * over: the measure is that of the model at the epoch's end and nothing else. */
typedef struct Run {
    const Blocks *blocks;
    const TrainOptions *options;
    ExamplesOptions examples;
    TileOptions tile;

    _Atomic float shared_bias;
    atomic_size_t next_turn; /* of all epochs */
    atomic_bool stop;        /* no further tile */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    size_t running;        /* workers */
    uint64_t words, pairs; /* trained on */
    uint64_t steps, shortened;
    size_t epoch;    /* the latest begun, from 0 */
    LossSum recent;  /* since the observer was told */
    LossSum *epochs; /* one an epoch */
    n2v_error error; /* the first worker's that failed */
    size_t turns_done;
    pthread_cond_t turned;   /* turns_done or stop has changed; only with held-out blocks */
    LossSum *heldout_blocks; /* of this epoch, one a block, so that their sum has one order */
    LossSum *heldout;        /* one an epoch */
    size_t heldout_epochs;   /* of them that are there */
} Run;

static inline size_t run_heldout_blocks(const Run *run)
{
    return run->options->heldout ? blocks_count(run->options->heldout) : 0;
}

/* No further tile; the caller has locked the run. */
void run_stop(Run *run);

/* The thread's function; takes a Run. */
void *worker_run(void *run);

/* The learning rate once words of all words_total are trained on: linear, to a
 * ten-thousandth of its start. */
static inline double learning_rate_at(const TrainOptions *options, uint64_t words, uint64_t words_total)
{
    const double left = 1 - (double)words / (double)(words_total + 1);
    return options->learning_rate * (left > 1e-4 ? left : 1e-4);
}

#endif
