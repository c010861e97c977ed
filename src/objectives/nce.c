/* nce.c - noise-contrastive estimation.
 *
 *     u = s - log(k Q(w))      loss = softplus(-u+) + sum over the k noise words of softplus(u-)
 *
 * Logistic regression of each data point against k draws from Q; the logit is the log-ratio of the two densities.
 * Optimum: s = log P(w|c). Its scores are normalized: sum over w of exp s = 1. The output bias begins at the log
 * unigram probability, so that the vectors need not represent word frequency. */
#include "objectives/logistic.h"
#include "objectives/registry.h"

enum { BIAS, LOGZ, IN_BATCH };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_LOG_NOISE | (parameters[BIAS] > 0 ? N2V_NEEDS_OUTPUT_BIAS : 0u) |
           (parameters[LOGZ] > 0 ? N2V_NEEDS_SHARED_BIAS : 0u) |
           (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH : 0u);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    logistic_loss_grad(tile, 1, 1, true, gradient, scratch, loss);
}

static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1, .normalized = true};
}

const n2v_objective objective_nce = {
    .size = sizeof(n2v_objective),
    .name = "nce",
    .summary = "noise-contrastive estimation: learns normalised log P(word | context) without a sum over words",
    .formula = "u = s - log(k Q(w)); -log sigmoid(u+) - sum over noise of log sigmoid(-u-)",
    .paper = "Gutmann & Hyvarinen 2010, Noise-contrastive estimation, equation 8; Mnih & Kavukcuoglu 2013",
    .geometry = N2V_DOT,
    .parameters = {{"bias", 1, 0, 1, true, "1: a learned bias per word, started at its log probability"},
                   {"logz", 0, 0, 1, true, "1: learn -log Z, one number for all contexts; 0: the scores do it"},
                   {"in_batch", 0, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.04,
    .noise = 7,
    .noise_sharing = 3,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = logistic_scratch,
    .loss_grad = loss_grad,
};
