/* siglip.c - pairwise sigmoid loss: a binary classification of every pair of words in a batch.
 *
 *     loss = softplus(-t s+) + sum over the batch's other pairs of softplus(t s-)
 *
 * The learned bias b of the paper is the shared bias of all scores; its t is the parameter scale. */
#include "objectives/logistic.h"
#include "objectives/registry.h"

enum { SCALE, UNIT };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_IN_BATCH | N2V_NEEDS_SHARED_BIAS | (parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0u);
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return parameters[SCALE];
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    logistic_loss_grad(tile, parameters[SCALE], 1, false, gradient, scratch, loss);
}

const n2v_objective objective_siglip = {
    .size = sizeof(n2v_objective),
    .name = "siglip",
    .summary = "pairwise sigmoid loss over a batch, with a learned bias",
    .formula = "-log sigmoid(t (s+ + b)) - sum over negatives of log sigmoid(-t (s- + b))",
    .paper = "Zhai, Mustafa, Kolesnikov & Beyer 2023, Sigmoid Loss for Language Image Pre-Training, section 3.2",
    .geometry = N2V_DOT,
    .parameters = {{"scale", 1, 0.01f, 100, false, "t: multiplies the scores"},
                   {"unit", 0, 0, 1, true, "1: rows are kept at length 1, as in the paper"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 15,
    .noise_sharing = 1,
    .needs = needs,
    .sharpness = sharpness,
    .scratch = logistic_scratch,
    .loss_grad = loss_grad,
};
