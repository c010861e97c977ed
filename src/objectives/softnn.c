/* softnn.c - soft nearest neighbours: positives must be the likely neighbours.
 *
 *     loss = -log( sum over positives of exp(-D^2 / t) / sum over positives and negatives of exp(-D^2 / t) )
 *
 * for every row that has a positive, D = |x - y|. */
#include "objectives/registry.h"
#include "objectives/several.h"

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    several_loss_grad(tile, -1 / parameters[SEVERAL_TEMPERATURE], false, gradient, scratch, loss);
}

const n2v_objective objective_softnn = {
    .size = sizeof(n2v_objective),
    .name = "softnn",
    .summary = "soft nearest neighbours: the positives among the likely neighbours",
    .formula = "-log( sum+ exp(-D^2/t) / (sum+ exp(-D^2/t) + sum- exp(-D^2/t)) ), D = |x - y|",
    .paper = "Salakhutdinov & Hinton 2007; Frosst, Papernot & Hinton 2019, equation 1",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"temperature", 0.2f, 0.01f, 100, false, "t: divides the squared distances"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1"}},
    .init = 1,
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 2,
    .needs = several_needs,
    .sharpness = several_sharpness,
    .scratch = several_scratch,
    .loss_grad = loss_grad,
};
