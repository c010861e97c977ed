/* train_options.h - the options of a training, with all defaults filled in. */
#ifndef N2V_TRAIN_TRAIN_OPTIONS_H
#define N2V_TRAIN_TRAIN_OPTIONS_H

#include "kernels/kernels.h"
#include "noise/window.h"
#include "model/ngrams.h"
#include "objectives/objective.h"
#include "train/optimizer.h"
#include "train/input_model.h"
#include "train/rounds/rule.h"

/* How the learning rate goes on after the warm-up; in the order of CHOICES_SCHEDULE. */
typedef enum Schedule {
    SCHEDULE_LINEAR,
    SCHEDULE_COSINE,
    SCHEDULE_CONSTANT
} Schedule;

typedef struct TrainOptions {
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    size_t dim;
    InputModel model;
    bool whole_gradient;     /* of cbow: each context gets all of the mean's gradient */
    SubwordOptions subwords; /* words are made of parts; SUBWORDS_NONE: each is one row */
    size_t window;
    WindowWeights weights; /* of contexts, by distance */
    size_t noise;         /* words drawn for one positive, k */
    size_t noise_draws;   /* words drawn for each of these, of which each counts 1 / noise_draws */
    size_t noise_sharing; /* consecutive words that share noise words: windows up to MAX_WINDOWS, above that inputs */
    double noise_power;
    double subsample; /* threshold t; 0: off */
    size_t epochs;
    const Optimizer *optimizer;
    double weight_decay;
    double init;          /* initial length of the vectors: of the input vectors, with distances of both */
    double learning_rate; /* at the start, or at the end of the warm-up */
    Schedule schedule;
    double warmup;   /* the share of the training in which the rate rises from 0 */
    double end_rate; /* at the end; 0: a ten-thousandth of learning_rate */
    size_t threads;
    Precision precision; /* of the arithmetic */
    const Kernels *kernels;
    uint64_t seed;
    bool deterministic; /* in rounds: the result does not depend on threads */
    size_t virtual_workers, round_words; /* of a round; words for each virtual worker, or thread of a rank */
    const Rule *rule;                    /* that combines their changes */
    unsigned sync_bits; /* of a number that one rank sends to another: 32, 16, 8 */
    size_t staleness;   /* how often a rank changes a row, about, before it is combined with that of others */
} TrainOptions;

static inline bool with_subwords(const TrainOptions *options)
{
    return options->subwords.kind != SUBWORDS_NONE;
}

#endif
