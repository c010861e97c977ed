/* predict.h - the words that fit a context, with probabilities.
 *
 * A context is a list of words. They weigh what training gives a pair at their distance on average (noise/window.h),
 * times the probability that subsampling keeps the word; weights have the sum 1.
 *     cbow:               P(w) from u(w, the weighted mean of the rows)
 *     skip-gram, mean:    P(w) = sum_i weight_i P(w|c_i)
 *     skip-gram, product: P(w) ~ P(w) prod_i (P(w|c_i) / P(w)) ^ (power weight_i)
 *                         power = sqrt(1 / sum_i weight_i^2)
 * The power is 1 for one context. It is the root of their number where all weigh the same: the words of a context say
 * partly the same, so that a power of their number (independent words) is overconfident. The product is always exact:
 * nothing else normalizes it. So is cbow: a weighted mean is no input of its training, and its log Z is often far from
 * 0.
 * With a Huffman tree log P(w|c) is the sum over the path of w: normalized, but for rounding.
 * Words of the context are no answers unless `repeat`: models overestimate how often a word comes again beside itself,
 * because its two rows are those of similar contexts. Without them P is that of the other words. */
#ifndef N2V_QUERY_PREDICT_H
#define N2V_QUERY_PREDICT_H

#include "nce2vec.h"
#include "noise/window.h"
#include "query/log_probability.h"

typedef struct PredictOptions {
    TrainedWith trained;
    size_t window; /* of the training */
    WindowWeights weights; /* the same */
    bool cbow;     /* the training's model */
    bool exact;    /* divide by the sum over all words, also where the objective normalizes */
    bool product;  /* of skip-gram's contexts; else their mean */
    bool repeat;   /* words of the context may be answers, too */
    const Kernels *kernels;
} PredictOptions;

/* Immutable: safe to use from many threads. */
typedef struct Predictor {
    LogProbability scores;
    size_t window;
    WindowWeights weights;
    bool cbow, exact, product, repeat;
    float *keep;      /* words: the probability that subsampling keeps a word */
    float *log_share; /* words: log of a word's share of the text after subsampling; NULL: not needed */
} Predictor;

/* Keeps the model by reference. The errors of log_probability_create. */
n2v_status predictor_create(Predictor *predictor, const Model *model, const PredictOptions *options, n2v_error *error);
void predictor_free(Predictor *predictor); /* accepts an all-zero struct */

/* What is predicted from. */
typedef struct PredictContext {
    const n2v_context *words;
    size_t count;
} PredictContext;

/* The k most probable words, by falling probability, then by id. prediction->found, exact and total are filled.
 * N2V_ERROR_ARGUMENT: no context, an id out of range, all distances beyond the window, or no other word.
 * N2V_ERROR_NUMERIC: the scores are too large. */
n2v_status predictor_rank(const Predictor *predictor, const PredictContext *context, size_t k, n2v_neighbor *words,
                          n2v_prediction *prediction, n2v_error *error);

/* The probabilities of these words: without a pass over all words where nothing is exact. The same errors. */
n2v_status predictor_measure(const Predictor *predictor, const PredictContext *context, const Id *words, size_t count,
                             double *probabilities, n2v_error *error);

#endif
