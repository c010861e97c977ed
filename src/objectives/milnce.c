/* milnce.c - multiple-instance InfoNCE: the positives of a row must win together.
 *
 *     loss = -log( sum over positives of exp(s+ / t) / sum over positives and noise of exp(s / t) )
 *
 * for every row that has a positive. One good positive is enough; the pull goes to those that are near already. */
#include "objectives/registry.h"
#include "objectives/several.h"

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    several_loss_grad(tile, 1 / parameters[SEVERAL_TEMPERATURE], false, gradient, scratch, loss);
}

const n2v_objective objective_milnce = {
    .size = sizeof(n2v_objective),
    .name = "milnce",
    .summary = "multiple-instance InfoNCE: of all positives of a word some must win",
    .formula = "-log( sum+ exp(s/t) / (sum+ exp(s/t) + sum- exp(s/t)) )",
    .paper = "Miech et al. 2020, End-to-End Learning of Visual Representations from Uncurated Instructional Videos "
             "(arXiv 1912.06430)",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 1, 0.01f, 100, false, "t: divides the scores"},
                   {"unit", 0, 0, 1, true, "1: rows are kept at length 1"}},
    .init = 1,
    .learning_rate = 0.05,
    .noise = 5,
    .noise_sharing = 2,
    .needs = several_needs,
    .sharpness = several_sharpness,
    .scratch = several_scratch,
    .loss_grad = loss_grad,
};
