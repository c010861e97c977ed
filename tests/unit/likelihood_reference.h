/* likelihood_reference.h - likelihoods as sums over all words in double, written out from the formulas. */
#ifndef N2V_TESTS_LIKELIHOOD_REFERENCE_H
#define N2V_TESTS_LIKELIHOOD_REFERENCE_H

#include "query/likelihood.h"

enum { REFERENCE_DIM = 10, FORMULAS = 7 };

typedef struct ReferenceText {
    Blocks *blocks;
    Id *ids;
    size_t count;
} ReferenceText;

/* Sentences of 1 to 12 words, the low ids more often. Adds to the counts. */
ReferenceText make_reference_text(size_t sentences, size_t words, uint64_t *counts);
void destroy_reference_text(ReferenceText *t);

/* Random rows and biases; width: of the rows' elements. */
Model make_reference_model(const uint64_t *counts, size_t words, size_t dim, float width);

LikelihoodOptions likelihood_options_of(const char *objective, float *parameters);

/* log P(w|c) as the formulas of design.md turned round have it: temperature, shares of log Q and log k. */
typedef struct Formula {
    const char *objective;
    double temperature, log_q, log_k;
    bool in_batch, normalized;
} Formula;

extern const Formula formulas[FORMULAS];

/* Of skip-gram's pairs, and of CBOW's windows; the model has at most REFERENCE_DIM dimensions. */
Likelihood reference_likelihood(const Model *model, const ReferenceText *t, const Formula *f,
                                const LikelihoodOptions *options, const uint64_t *counts);
Likelihood reference_likelihood_of_bags(const Model *model, const ReferenceText *t, const Formula *f,
                                        const LikelihoodOptions *options, const uint64_t *counts);

#endif
