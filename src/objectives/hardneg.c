/* hardneg.c - InfoNCE with a higher weight for hard negatives: reweighted.h. */
#include "objectives/registry.h"
#include "objectives/reweighted.h"

enum { TEMPERATURE, TAU, BETA };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return 0;
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return (1 + parameters[BETA]) / parameters[TEMPERATURE] / (1 - parameters[TAU]);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    reweighted_loss_grad(tile, parameters[TEMPERATURE], parameters[TAU], parameters[BETA], gradient, scratch,
                         loss);
}

const n2v_objective objective_hardneg = {
    .size = sizeof(n2v_objective),
    .name = "hardneg",
    .summary = "InfoNCE with hard noise words weighted up",
    .formula = "as debiased, with the mean of e- weighted by exp(beta s-/t)",
    .paper = "Robinson et al. 2021, Contrastive Learning with Hard Negative Samples, equation 4",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 1, 0.01f, 100, false, "t: divides the scores"},
                   {"tau", 0.01f, 0, 0.9f, false, "share of the noise words that are true ones"},
                   {"beta", 0.5f, 0, 10, false, "concentration on hard negatives"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .sharpness = sharpness,
    .scratch = reweighted_scratch,
    .loss_grad = loss_grad,
};
