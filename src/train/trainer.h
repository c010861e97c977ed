/* trainer.h - trains a model on blocks of ids with an objective, Hogwild. */
#ifndef N2V_TRAIN_TRAINER_H
#define N2V_TRAIN_TRAINER_H

#include "corpus/blocks.h"
#include "model/model.h"
#include "objectives/objective.h"

typedef struct n2v_train_options {
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    size_t window;
    size_t noise;         /* words drawn for one positive, k */
    size_t noise_sharing; /* inputs that share noise words; 1: the contexts of one window do */
    double noise_power;
    double subsample; /* threshold t; 0: off */
    size_t epochs;
    double learning_rate; /* at the start; falls linearly to a ten-thousandth of it */
    size_t threads;
    uint64_t seed;
} n2v_train_options;

/* How far the training is; called a few times a second from the calling thread. */
typedef struct n2v_progress {
    uint64_t words, words_total; /* of all epochs, before subsampling */
    size_t epoch;                /* from 1 */
    double loss;                 /* mean per positive pair since the last call; NaN: none yet */
    double learning_rate;        /* now */
    double seconds;              /* wall clock since training began */
} n2v_progress;

typedef struct n2v_train_observer {
    void (*progress)(void *context, const n2v_progress *progress); /* may be NULL */
    void *context;
    n2v_stop stop;
} n2v_train_observer;

typedef struct n2v_train_report {
    uint64_t words;  /* trained on, over all epochs, before subsampling */
    uint64_t pairs;  /* positive pairs */
    double loss;     /* mean per positive pair over the last epoch */
    double seconds;  /* wall clock */
    const char *kernels;
} n2v_train_report;

/* Initialises the model's parameters and trains them. The same seed and one
 * thread give the same bytes. N2V_ERROR_NUMERIC when a loss or a parameter is
 * not finite, N2V_ERROR_INTERRUPTED when asked to stop. */
n2v_status n2v_train(n2v_model *model, const n2v_blocks *blocks, const n2v_train_options *options,
                     const n2v_train_observer *observer, n2v_train_report *report, n2v_error *error);

#endif
