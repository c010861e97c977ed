/* spectral.c - the spectral contrastive loss, whose optimum factorizes a matrix of density ratios.
 *
 *     loss = -2 s+ + mean over noise of (s-)^2
 *
 * Optimum: s = P(w|c) / Q(w). For vectors of fewer dimensions it is the best approximation in the squares that
 * P(c) Q(w) weighs, as a singular value decomposition finds it. */
#include "objectives/quadratic.h"
#include "objectives/registry.h"

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    quadratic_loss_grad(tile, (Parabola){.slope = -2}, (Parabola){.square = 1}, gradient, scratch, loss);
}

const n2v_objective objective_spectral = {
    .size = sizeof(n2v_objective),
    .name = "spectral",
    .summary = "spectral contrastive loss: scores are ratios of probabilities, as a decomposition finds them",
    .formula = "-2 s+ + mean over noise of (s-)^2",
    .paper = "HaoChen et al. 2021, Provable Guarantees for Self-Supervised Deep Learning with Spectral Contrastive "
             "Loss (arXiv 2106.04156)",
    .geometry = N2V_DOT,
    .parameters = {{"in_batch", 1, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 15,
    .noise_sharing = 1,
    .needs = quadratic_needs,
    .scratch = quadratic_scratch,
    .loss_grad = loss_grad,
};
