/* ranking.c - the ranking variant of noise-contrastive estimation: which of the words is the positive?
 *
 *     u = s - log Q(w)      loss = -log( exp(u+) / (exp(u+) + sum over the k noise words of exp(u-)) )
 *
 * The loss of infonce with correct=1, whose constant log k cancels, with nce's bias: the output bias begins at the log
 * unigram probability, so that the vectors need not represent word frequency. Optimum: s = log P(w|c) + f(c), for any f;
 * nce needs scores that are normalized, and this does not. */
#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { BIAS, IN_BATCH };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_LOG_NOISE | (parameters[BIAS] > 0 ? N2V_NEEDS_OUTPUT_BIAS : 0u) |
           (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH : 0u);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    categorical_loss_grad(tile, 1, true, gradient, scratch, loss);
}

static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1};
}

const n2v_objective objective_ranking = {
    .size = sizeof(n2v_objective),
    .name = "ranking",
    .summary = "noise-contrastive estimation by ranking: log P(word | context) up to a constant of the context",
    .formula = "u = s - log Q(w); -log( exp(u+) / (exp(u+) + sum over noise of exp(u-)) )",
    .paper = "Ma & Collins 2018, Noise Contrastive Estimation and Negative Sampling for Conditional Models",
    .geometry = N2V_DOT,
    .parameters = {{"bias", 1, 0, 1, true, "1: a learned bias per word, started at its log probability"},
                   {"in_batch", 0, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.04,
    .noise = 7,
    .noise_sharing = 3,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = categorical_scratch,
    .loss_grad = loss_grad,
};
