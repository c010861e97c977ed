/* trainer.h - trains a model on blocks of ids with an objective, Hogwild. */
#ifndef N2V_TRAIN_TRAINER_H
#define N2V_TRAIN_TRAINER_H

#include "corpus/blocks.h"
#include "kernels/kernels.h"
#include "model/model.h"
#include "objectives/objective.h"

typedef struct TrainOptions {
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    size_t dim;
    size_t window;
    size_t noise;         /* words drawn for one positive, k */
    size_t noise_sharing; /* words in a row that share noise words: windows up to MOST_WINDOWS, then inputs */
    double noise_power;
    double subsample; /* threshold t; 0: off */
    size_t epochs;
    double init;          /* about how long vectors are before training: input vectors, of distances both */
    double learning_rate; /* at the start; falls linearly to a ten-thousandth of it */
    size_t threads;
    Precision precision; /* of the arithmetic */
    const char *kernels; /* the name of the kernel set, or "auto"; NULL: the same */
    uint64_t seed;
    const Blocks *heldout; /* not trained on, its loss is computed after each epoch; NULL: none */
} TrainOptions;

/* How far the training is; told a few times a second and at its end, from the calling thread. */
typedef struct Progress {
    uint64_t words, words_total; /* of all epochs, before subsampling */
    size_t epoch;                /* from 1 */
    double loss;                 /* mean per positive pair since the last call; NaN: none yet */
    uint64_t pairs;              /* that it is the mean of: a sample */
    double learning_rate;        /* now */
    double seconds;              /* wall clock since training began */
} Progress;

/* The loss on the held-out blocks: of every pair that a pass of training over them would
 * have, with the same window, subsampling and noise words in each epoch. */
typedef struct Heldout {
    size_t epoch;   /* that has ended, from 1 */
    uint64_t words; /* that have been trained on */
    uint64_t pairs; /* positive pairs */
    double loss;    /* mean per positive pair; NaN: there is none */
    double seconds; /* wall clock from the beginning of the training to the telling */
} Heldout;

typedef struct TrainObserver {
    void (*progress)(void *context, const Progress *progress); /* may be NULL */
    void *context;
    Stop stop;
    void (*heldout)(void *context, const Heldout *heldout); /* each epoch in turn; may be NULL */
} TrainObserver;

typedef struct TrainReport {
    uint64_t words;  /* trained on, over all epochs, before subsampling */
    uint64_t pairs;  /* positive pairs */
    double loss;     /* mean per positive pair over the last epoch */
    double shortened; /* the share of steps that were shorter than the learning rate has them: scores ran away */
    double seconds;  /* wall clock */
    const char *kernels;
    Heldout heldout; /* of the last epoch; all zero without held-out blocks */
} TrainReport;

/* 1: a model for these options has bias elements (model_create). */
size_t train_spare(const TrainOptions *options);

/* Initialises the model's parameters and trains them. The same seed and one thread
 * give the same bytes on the same instruction set (report.kernels; others round
 * differently). N2V_ERROR_NUMERIC when a loss or a parameter is not finite,
 * N2V_ERROR_INTERRUPTED when asked to stop. */
n2v_status train_model(Model *model, const Blocks *blocks, const TrainOptions *options, const TrainObserver *observer,
                       TrainReport *report, n2v_error *error);

#endif
