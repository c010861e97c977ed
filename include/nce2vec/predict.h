/* nce2vec/predict.h - which words fit a context, with probabilities. A part of nce2vec.h, which
 * includes it. */
#ifndef NCE2VEC_PREDICT_H
#define NCE2VEC_PREDICT_H

#include "queries.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which words fit a context, with probabilities: P(word | context) in the text of the training after its subsampling.
 * Safe to use from many threads. */
typedef struct n2v_predictor n2v_predictor;

/* vectors are kept by reference and not changed; of a trainer: valid until it runs on. settings (N2V_FOR_PREDICTION;
 * NULL: defaults). objectives: the set that has the vectors' objective.
 * N2V_ERROR_ARGUMENT: the vectors are not a whole model, or its objective does not define P(w|c). N2V_ERROR_DATA:
 * counts of words are needed and missing. */
N2V_API n2v_status n2v_predictor_create(n2v_predictor **predictor, const n2v_vectors *vectors,
                                        const n2v_settings *settings, const n2v_objectives *objectives,
                                        n2v_error *error);
N2V_API void n2v_predictor_destroy(n2v_predictor *predictor);

typedef struct n2v_predictor_info {
    size_t size; /* in: sizeof(n2v_predictor_info) */
    const char *objective;
    size_t window;  /* of the training */
    int normalized; /* 1: the objective normalizes scores: they are log probabilities without a sum over words */
    int cbow;       /* 1: the mean of the contexts' rows is scored */
    int exact;      /* 1: probabilities are always divided by their sum over all words; of cbow they are */
    int product;    /* 1: of several contexts the product of powers is taken, which is always divided by its sum */
} n2v_predictor_info;

N2V_API n2v_status n2v_predictor_describe(const n2v_predictor *predictor, n2v_predictor_info *info, n2v_error *error);

/* A word of a context. It weighs what training gives a pair at its distance on average. */
typedef struct n2v_context {
    uint32_t id;
    uint32_t distance; /* in known words from the predicted one: 1 for its neighbors; beyond the window (unless */
                       /* window-weights is line) the word has no effect; 0: not known, the weight of a neighbor */
} n2v_context;

typedef struct n2v_prediction {
    size_t size;  /* in: sizeof(n2v_prediction) */
    size_t found; /* words that were handed out */
    int exact;    /* 1: the probabilities were divided by their sum over all words */
    double total; /* the sum of the probabilities of all words that may be answers: 1, but for rounding, where exact */
} n2v_prediction;

/* The k most probable words, by falling probability (their score), then by id. Words of the context that have an
 * effect are not among them, and their probability is 0, unless the setting `repeat` is 1. Where not exact,
 * probabilities may be above 1. N2V_ERROR_ARGUMENT: no context, an id out of range, all distances are beyond the
 * window, or there is no other word. N2V_ERROR_NUMERIC: the scores are too large. */
N2V_API n2v_status n2v_predict_words(const n2v_predictor *predictor, const n2v_context *context, size_t count, size_t k,
                                     n2v_neighbor *words, n2v_prediction *prediction, n2v_error *error);

/* The probabilities of these words: where not exact, without a pass over all words. The same errors. */
N2V_API n2v_status n2v_predict_probabilities(const n2v_predictor *predictor, const n2v_context *context, size_t count,
                                             const uint32_t *words, size_t word_count, double *probabilities,
                                             n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
