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
typedef struct Rounds Rounds; /* rounds/rounds.h */
typedef struct Steps Steps;   /* ranks/steps.h */

/* The result of training on blocks. */
typedef struct Outcome {
    uint64_t words, pairs, steps, clipped;
    LossSum sampled;
} Outcome;

/* What workers share between two pauses: a range of blocks. */
typedef struct SharedWork {
    const TrainOptions *options;
    const TrainText *text;
    const Blocks *measured;    /* held-out blocks: only their loss is computed; NULL: train on the text */
    LossSum *measured_sums;    /* one for each held-out block, so that they are always summed in the same order */
    ExamplesOptions examples;
    TileOptions tile;
    Rounds *rounds;            /* how the text is trained on; both NULL: block by block, by whoever is free (Hogwild) */
    Steps *steps;
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

/* How inputs become rows with these options. NULL: the model has no rows of length 1, and the objective needs them. */
const Encoder *trainer_encoder(const TrainOptions *options);

/* Output matrices, each with a row for each word, one after the other. */
size_t trainer_matrices(const TrainOptions *options, size_t words);

/* The rows of a model with these options and so many words. */
ModelShape trainer_shape(const TrainOptions *options, size_t words);

/* How examples are made with these options and so many words; without distributions. */
ExamplesOptions trainer_examples(const TrainOptions *options, size_t words);

/* The thread's function; takes a Worker. */
void *worker_run(void *worker);

/* A piece of a block, in shares of the block: from from / of to to / of, cut at ends of sentences. */
typedef struct Piece {
    size_t epoch, block;
    size_t from, to, of;
} Piece;

#define MAX_PIECES ((size_t)4096) /* `of` is no larger */

/* For rounds and steps: trains on a piece and adds to *done. overlay has the rows that it changes; NULL: the model
 * has. */
n2v_status worker_train_piece(Worker *worker, const Piece *piece, Overlay *overlay, Outcome *done, n2v_error *error);

void outcome_add(Outcome *sum, const Outcome *outcome);

/* Adds what was done in so many blocks of an epoch to the training. The caller has locked the mutex. */
void worker_record(SharedWork *shared, size_t epoch, size_t blocks, const Outcome *done);

/* Whether workers go on: nobody has asked to stop, and none has failed. */
bool worker_may_continue(const SharedWork *shared);

#endif
