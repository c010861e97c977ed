/* worker.h - a thread's part of a training: takes blocks in turn and trains on them, or measures their loss. */
#ifndef N2V_TRAIN_WORKER_H
#define N2V_TRAIN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "train/examples.h"
#include "train/tile.h"
#include "train/trainer.h"

typedef struct Worker Worker;

/* What workers share between two pauses: a range of blocks. */
typedef struct Shift {
    const TrainOptions *options;
    const Blocks *blocks;      /* of the text */
    const Blocks *measured;    /* held-out blocks, of which only the loss is computed; NULL: blocks are trained on */
    LossSum *measured_sums;    /* of each held-out block, so that their sum has one order */
    ExamplesOptions examples;
    TileOptions tile;
    uint64_t end;              /* the block to stop before, over all epochs */
    atomic_uint_least64_t next; /* the block that is taken next */
    const atomic_bool *stop;   /* the caller's request: take no further block */
    atomic_bool failed;        /* a worker: take no further block, either */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    size_t running; /* workers */
    size_t epoch;   /* the latest that has begun, from 0 */
    TrainState *state;
    n2v_error error; /* of the first worker that failed */
} Shift;

/* A worker's buffers are created by its thread at the first shift, and stay for the next one. */
n2v_status worker_create(Worker **worker, Shift *shift, n2v_error *error);
void worker_destroy(Worker *worker); /* accepts NULL */

/* The thread's function; takes a Worker. */
void *worker_run(void *worker);

/* The learning rate after `words` of `total`: it falls linearly to a ten-thousandth of its start. */
static inline double learning_rate_at(const TrainOptions *options, uint64_t words, uint64_t total)
{
    const double left = 1 - (double)words / (double)(total + 1);
    return options->learning_rate * (left > 1e-4 ? left : 1e-4);
}

#endif
