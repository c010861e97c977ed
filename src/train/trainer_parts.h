/* trainer_parts.h - the structure of a trainer, for the files that set it up and run it. */
#ifndef N2V_TRAIN_TRAINER_PARTS_H
#define N2V_TRAIN_TRAINER_PARTS_H

#include <pthread.h>

#include "train/distributions.h"
#include "train/trainer.h"
#include "train/worker.h"

struct Trainer {
    TrainOptions options;
    TrainText text;
    Distributions distributions;
    Model model;
    TrainState state;
    LossSum *heldout_sums; /* one for each held-out block of this rank */
    bool has_fingerprints;
    Fingerprint text_fingerprint, heldout_fingerprint;
    SharedWork shared;
    Worker **workers; /* options.threads */
    pthread_t *threads;
    bool locks;
    bool working; /* workers run; of the thread that runs the trainer */
    n2v_status failed; /* the status of the first failure, after which the training cannot go on; N2V_OK: none */
    atomic_bool stop, runs;
};

#endif
