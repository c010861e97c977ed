/* infonce.c - the categorical cross-entropy of the positive among draws from Q.
 *
 *     loss = -log( exp(s+ / t) / (exp(s+ / t) + sum over noise of exp(s- / t)) )
 *
 * Optimum: s / t = log(P(w|c) / Q(w)) + f(c), any f. With correct=1, log(kQ) is subtracted from each score first
 * (sampled softmax, Jean et al. 2015), and with t = 1 the optimum is s = log P(w|c) + f(c). A noise word that equals
 * the positive counts as a negative. */
#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { TEMPERATURE, CORRECT, IN_BATCH };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return (parameters[CORRECT] > 0 ? N2V_NEEDS_LOG_NOISE : 0u) | (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH : 0u);
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return 1 / parameters[TEMPERATURE];
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    categorical_loss_grad(tile, 1 / parameters[TEMPERATURE], parameters[CORRECT] > 0, gradient, scratch, loss);
}

/* With correct=1 the optimum is (s - log(kQ(w))) / t = log(P(w|c) / Q(w)) + f(c). */
static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    const double scale = 1 / (double)parameters[TEMPERATURE];
    return (n2v_log_probability){.score = scale, .log_noise = parameters[CORRECT] > 0 ? 1 - scale : 1};
}

const n2v_objective objective_infonce = {
    .size = sizeof(n2v_objective),
    .name = "infonce",
    .summary = "the positive must win a softmax among noise words: maximises mutual information",
    .formula = "-log( exp(s+/t) / (exp(s+/t) + sum over noise of exp(s-/t)) )",
    .paper = "van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding, equation 4",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 1, 0.01f, 100, false, "t: divides the scores"},
                   {"correct", 0, 0, 1, true, "1: subtract log(kQ) from the scores first (sampled softmax)"},
                   {"in_batch", 0, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .sharpness = sharpness,
    .log_probability = log_probability,
    .scratch = categorical_scratch,
    .loss_grad = loss_grad,
};
