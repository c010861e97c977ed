/* gbce.c - generalized binary cross-entropy: sgns with the positive's probability to the power beta.
 *
 *     loss = beta softplus(-s+) + sum over the k noise words of softplus(s-),   beta = (1 - t) + t alpha
 *
 * Few noise words make the positives' probabilities too high: with uniform noise the scores of sgns are log(1 / alpha)
 * higher than with all words for noise, alpha being the share that is drawn. With t = 1 beta is alpha, and takes this
 * back; with t = 0 it is 1, and this is sgns. Optimum: s = log(P(w|c) / Q(w)) - log k + log beta. */
#include "objectives/logistic.h"
#include "objectives/registry.h"

enum { T, ALPHA };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return 0;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const float beta = 1 - parameters[T] + parameters[T] * parameters[ALPHA];

    (void)user;
    logistic_loss_grad(tile, 1, beta, false, gradient, scratch, loss);
}

/* log beta is a constant, and f(c) has it. */
static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1, .log_noise = 1, .log_num_noise = 1};
}

const n2v_objective objective_gbce = {
    .size = sizeof(n2v_objective),
    .name = "gbce",
    .summary = "generalized binary cross-entropy: sgns corrected for how few words are drawn as noise",
    .formula = "-beta log sigmoid(s+) - sum over noise of log sigmoid(-s-), beta = 1 - t + t alpha",
    .paper = "Petrov & Macdonald 2023, gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with "
             "Negative Sampling (arXiv 2308.07192)",
    .geometry = N2V_DOT,
    .parameters = {{"t", 0.75f, 0, 1, false, "calibration: 0 as sgns, 1 as with all words for noise"},
                   {"alpha", 1e-4f, 1e-6f, 1, false, "sampling rate: noise words / (words of the vocabulary - 1)"}},
    .init = 1,
    .learning_rate = 0.1,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = logistic_scratch,
    .loss_grad = loss_grad,
};
