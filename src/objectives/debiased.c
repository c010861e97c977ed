/* debiased.c - InfoNCE corrected for false negatives, noise words that are positives: reweighted.h with beta = 0. */
#include "objectives/registry.h"
#include "objectives/reweighted.h"

enum { TEMPERATURE, TAU };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return 0;
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return 1 / parameters[TEMPERATURE] / (1 - parameters[TAU]);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    reweighted_loss_grad(tile, parameters[TEMPERATURE], parameters[TAU], 0, gradient, scratch, loss);
}

const n2v_objective objective_debiased = {
    .size = sizeof(n2v_objective),
    .name = "debiased",
    .summary = "InfoNCE corrected for noise words that are true ones",
    .formula = "-log( e+ / (e+ + N g) ), g = max((mean e- - tau e+) / (1 - tau), exp(-1/t)), e = exp(s/t)",
    .paper = "Chuang et al. 2020, Debiased Contrastive Learning, equation 8",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 1, 0.01f, 100, false, "t: divides the scores"},
                   {"tau", 0.01f, 0, 0.9f, false, "share of the noise words that are true ones"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .sharpness = sharpness,
    .scratch = reweighted_scratch,
    .loss_grad = loss_grad,
};
