/* nce2vec/likelihood.h - how probable vectors find a text. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_LIKELIHOOD_H
#define NCE2VEC_LIKELIHOOD_H

#include "corpus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define N2V_LIKELIHOOD_QUANTILES 7

/* Means over the pairs of a word w and a context c, weighted as the windows of training weigh them on average. Of a model
 * of cbow a context is the mean of the words of a window. */
typedef struct n2v_likelihood {
    size_t size; /* in: sizeof(n2v_likelihood) */
    const char *objective;
    size_t window;
    double subsample;
    uint64_t pairs;
    double weight;          /* the sum of the pairs' weights */
    double exact;           /* mean log P(w|c), normalized by a sum over all words */
    double self_normalized; /* the same as the scores give it; undefined unless `normalized` */
    int normalized;         /* 1: the objective normalizes scores: log Z is near 0 */
    size_t contexts;        /* distinct context words; of cbow all windows */
    double mean, sd, mean_absolute; /* of log Z */
    double levels[N2V_LIKELIHOOD_QUANTILES], quantiles[N2V_LIKELIHOOD_QUANTILES]; /* of log Z */
} n2v_likelihood;

/* How probable vectors find a text. text was read with the vectors' vocabulary (n2v_corpus_create). settings
 * (N2V_FOR_LIKELIHOOD; NULL: defaults). observer->stop is asked. objectives: the set that has the vectors' objective.
 * N2V_ERROR_ARGUMENT: the vectors are not a whole model, or its objective does not define P(w|c). N2V_ERROR_DATA: the
 * text has no pair of known words. N2V_ERROR_NUMERIC: a sum overflows. */
N2V_API n2v_status n2v_likelihood_measure(n2v_likelihood *likelihood, const n2v_vectors *vectors,
                                          const n2v_corpus *text, const n2v_settings *settings,
                                          const n2v_objectives *objectives, const n2v_observer *observer,
                                          n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
