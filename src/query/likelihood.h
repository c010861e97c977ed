/* likelihood.h - how probable a model finds a text: the log-likelihood of its pairs of words.
 *
 * A pair is a word w and a context word c at a distance of at most `window` in a sentence. Its weight is what the
 * windows of training give it on average (noise/window.h). The model's estimate of log P(w|c) is
 *     u(w, c) = what n2v_log_probability says of the score      (self-normalized)
 *     u(w, c) - log Z(c),  log Z(c) = log sum over words of exp u(w, c)      (exact)
 * With cbow a pair is a word and the words within some reach of it, which are one context, the mean of their rows. Each
 * reach has the probability with which training draws it as its weight.
 * Pairs of whole lines (WINDOW_LINE) are a sample, with one order of each line.
 * P is that of the text of the training after subsampling. Without the same subsampling here, frequent words are more
 * probable in the text than in the model. */
#ifndef N2V_QUERY_LIKELIHOOD_H
#define N2V_QUERY_LIKELIHOOD_H

#include "corpus/blocks.h"
#include "noise/window.h"
#include "query/log_probability.h"

typedef struct LikelihoodOptions {
    TrainedWith trained;
    size_t window;
    WindowWeights weights; /* of the training */
    double subsample; /* threshold for this text; 0: off */
    uint64_t seed;    /* of the subsampling */
    size_t threads;
    const Kernels *kernels;
    Stop stop;
    bool cbow; /* words are predicted from the mean of a window, not from single contexts */
} LikelihoodOptions;

/* Levels of the quantiles, from that of the minimum to that of the maximum. */
#define LIKELIHOOD_QUANTILES 7
extern const double likelihood_levels[LIKELIHOOD_QUANTILES];

/* Means over pairs, by their weight. */
typedef struct Likelihood {
    uint64_t pairs;
    double weight;          /* the sum of the pairs' weights */
    double exact;           /* mean log P(w|c), normalized by a sum over all words */
    double self_normalized; /* the same as the scores give it; undefined unless `normalized` */
    bool normalized;        /* the objective normalizes scores: log Z is near 0 */
    size_t contexts;        /* distinct context words; with cbow all windows */
    double mean, sd, mean_absolute, quantiles[LIKELIHOOD_QUANTILES]; /* of log Z */
} Likelihood;

/* blocks has ids of the model. The result does not depend on the number of threads. The errors of
 * log_probability_create; N2V_ERROR_DATA when the text has no pair; N2V_ERROR_NUMERIC when a sum overflows. */
n2v_status likelihood_measure(Likelihood *likelihood, const Model *model, const Blocks *blocks,
                              const LikelihoodOptions *options, n2v_error *error);

#endif
