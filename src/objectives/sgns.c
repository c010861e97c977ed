/* sgns.c - skip-gram with negative sampling, the objective of word2vec.
 *
 *     loss = softplus(-s+) + sum over the k noise words of softplus(s-)
 *
 * Logistic regression of the positive against noise words; the logit is the score.
 * Optimum: s = log(P(w|c) / Q(w)) - log k. */
#include "objectives/logistic.h"
#include "objectives/registry.h"

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return 0;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    logistic_loss_grad(tile, 1, 1, false, gradient, scratch, loss);
}

static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1, .log_noise = 1, .log_num_noise = 1, .normalized = true};
}

const n2v_objective objective_sgns = {
    .size = sizeof(n2v_objective),
    .name = "sgns",
    .summary = "negative sampling: word2vec's own objective, the reference of the field",
    .formula = "-log sigmoid(s+) - sum over noise of log sigmoid(-s-)",
    .paper = "Mikolov et al. 2013, Distributed Representations of Words and Phrases, equation 4",
    .geometry = N2V_DOT,
    .init = 1,
    .learning_rate = 0.025,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = logistic_scratch,
    .loss_grad = loss_grad,
};
