/* worker.h - a thread of a training: takes blocks in turn, and trains on them or measures their loss. */
#ifndef N2V_TRAIN_WORKER_H
#define N2V_TRAIN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "train/examples.h"
#include "train/learning_rate.h"
#include "train/tile.h"
#include "train/trainer.h"

typedef struct Worker Worker;

/* What workers share between two pauses: a range of blocks. */
typedef struct SharedWork {
    const TrainOptions *options;
    const Blocks *blocks;      /* of the text */
    const Blocks *measured;    /* held-out blocks: only their loss is computed; NULL: train on `blocks` */
    LossSum *measured_sums;    /* one for each held-out block, so that they are always summed in the same order */
    ExamplesOptions examples;
    TileOptions tile;
    uint64_t end;              /* the block to stop before, over all epochs */
    atomic_uint_least64_t next; /* the next block to take */
    const atomic_bool *stop;   /* the caller has requested a stop: take no further block */
    atomic_bool failed;        /* a worker has failed: take no further block */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    size_t running; /* workers that have not ended */
    size_t epoch;   /* the latest epoch that has begun, from 0 */
    TrainState *state;
    n2v_error error; /* of the first worker that failed */
    bool lost;       /* the training cannot go on: a block is missing among later ones, or the model is not finite */
} SharedWork;

/* A worker's thread creates its buffers in its first run and keeps them for later runs. */
n2v_status worker_create(Worker **worker, SharedWork *shared, n2v_error *error);
void worker_destroy(Worker *worker); /* accepts NULL */

/* How examples are made with these options and so many words; without distributions. */
ExamplesOptions trainer_examples(const TrainOptions *options, size_t words);

/* The thread's function; takes a Worker. */
void *worker_run(void *worker);

#endif
