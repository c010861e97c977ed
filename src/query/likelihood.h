/* likelihood.h - how probable a model finds a text: the log-likelihood of its pairs of words.
 *
 * A pair is a word w and a context word c that stand at most `window` words apart in a
 * sentence; it weighs what the dynamic window of training gives it on average: from 1 for
 * neighbours down to 1 / window, nothing being drawn. The model's estimate of log P(w|c) is
 *     u(w, c) = what n2v_log_probability says of the score      (self-normalised)
 *     u(w, c) - log Z(c),  log Z(c) = log sum over words of exp u(w, c)      (exact)
 * P is that of the text trained on, which subsampling has thinned: give the same
 * subsampling here, or the frequent words are more probable in the text than in the model. */
#ifndef N2V_QUERY_LIKELIHOOD_H
#define N2V_QUERY_LIKELIHOOD_H

#include "corpus/blocks.h"
#include "model/model.h"
#include "objectives/objective.h"

typedef struct LikelihoodOptions {
    const n2v_objective *objective; /* that the model was trained with */
    const float *parameters;
    size_t noise; /* k of the training */
    double noise_power;
    double trained_subsample; /* threshold of the training */
    size_t window;
    double subsample; /* threshold for this text; 0: off */
    uint64_t seed;    /* of the subsampling */
    size_t threads;
    Stop stop;
} LikelihoodOptions;

/* Levels of the quantiles, from the least to the largest value. */
#define LIKELIHOOD_QUANTILES 7
extern const double likelihood_levels[LIKELIHOOD_QUANTILES];

/* Means over pairs, by their weight. */
typedef struct Likelihood {
    uint64_t pairs;
    double weight;          /* the sum of theirs */
    double exact;           /* mean log P(w|c), normalised */
    double self_normalized; /* the same without; means nothing unless `normalized` */
    bool normalized;        /* the objective promises log Z = 0 */
    size_t contexts;        /* different context words */
    double mean, sd, mean_absolute, quantiles[LIKELIHOOD_QUANTILES]; /* of log Z */
} Likelihood;

/* N2V_ERROR_ARGUMENT, with the list of those that do, when the objective's scores do not
 * give log P(w|c), or when the model holds no output vectors. */
n2v_status likelihood_check(const Model *model, const LikelihoodOptions *options, n2v_error *error);

/* The result does not depend on the number of threads. blocks holds ids of the model.
 * What likelihood_check refuses; N2V_ERROR_DATA when the text has no pair or the model
 * no counts to know Q by; N2V_ERROR_NUMERIC when a sum overflows. */
n2v_status likelihood_measure(Likelihood *likelihood, const Model *model, const Blocks *blocks,
                              const LikelihoodOptions *options, n2v_error *error);

#endif
