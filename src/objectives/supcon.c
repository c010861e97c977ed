/* supcon.c - supervised contrastive loss: every positive of a row must win against all else, other positives included.
 *
 *     loss = mean over positives of -log( exp(s+ / t) / sum over positives and noise of exp(s / t) )
 *
 * for every row that has a positive: L_out of the paper. Its minimum has all positives of a row at the same score. */
#include "objectives/registry.h"
#include "objectives/several.h"

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    several_loss_grad(tile, 1 / parameters[SEVERAL_TEMPERATURE], true, gradient, scratch, loss);
}

const n2v_objective objective_supcon = {
    .size = sizeof(n2v_objective),
    .name = "supcon",
    .summary = "supervised contrastive loss: all positives of a word at once, each of which must win",
    .formula = "mean+ of -log( exp(s+/t) / (sum+ exp(s/t) + sum- exp(s/t)) )",
    .paper = "Khosla et al. 2020, Supervised Contrastive Learning, equation 2 (arXiv 2004.11362)",
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
