/* softmax.c - the exact cross-entropy over the vocabulary, which other objectives approximate.
 *
 *     loss = -log( exp(s+) / sum over all words w of exp(s_w) )
 *
 * The tile's columns are all words. The column of the positive is masked, because the positive is in the sum anyway.
 * The cost grows with the vocabulary. Optimum: s = log P(w|c) + f(c). */
#include "objectives/categorical.h"
#include "objectives/registry.h"

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return N2V_NEEDS_ALL_WORDS | N2V_NEEDS_OUTPUT_BIAS;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    categorical_loss_grad(tile, 1, false, gradient, scratch, loss);
}

static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1};
}

const n2v_objective objective_softmax = {
    .size = sizeof(n2v_objective),
    .name = "softmax",
    .summary = "exact cross-entropy over the whole vocabulary, for small ones",
    .formula = "-log( exp(s+) / sum over all words of exp(s) )",
    .paper = "Bengio et al. 2003, A Neural Probabilistic Language Model",
    .geometry = N2V_DOT,
    .init = 0.03,
    .learning_rate = 0.05,
    .noise = 1,
    .noise_sharing = 1,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = categorical_scratch,
    .loss_grad = loss_grad,
};
