/* qwem.c - the quadratic word embedding model: sgns with its logarithms expanded to the second order around 0.
 *
 *     loss = (s+)^2 / 4 - s+ + mean over noise of ((s-)^2 / 4 + s-)
 *
 * -log sigmoid(s) is log 2 - s / 2 + s^2 / 8 up to fourth order. The loss is twice that without the constant, with a
 * positive and its noise words in balance. Optimum: s = 2 (P(w|c) - Q(w)) / (P(w|c) + Q(w)), between -2 and 2. With the
 * words' own distribution for Q this is the paper's 2 (P_ij - P_i P_j) / (P_ij + P_i P_j). */
#include "objectives/quadratic.h"
#include "objectives/registry.h"

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    (void)parameters;
    quadratic_loss_grad(tile, (Parabola){0.25f, -1}, (Parabola){0.25f, 1}, gradient, scratch, loss);
}

const n2v_objective objective_qwem = {
    .size = sizeof(n2v_objective),
    .name = "qwem",
    .summary = "quadratic word embedding model: sgns to the second order, whose training is solved in closed form",
    .formula = "(s+)^2/4 - s+ + mean over noise of ((s-)^2/4 + s-)",
    .paper = "Karkada et al. 2025, Closed-Form Training Dynamics Reveal Learned Features and Linear Structure in "
             "Word2Vec-like Models (arXiv 2502.09863)",
    .geometry = N2V_DOT,
    .parameters = {{"in_batch", 0, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.04,
    .noise = 5,
    .noise_sharing = 2,
    .needs = quadratic_needs,
    .scratch = quadratic_scratch,
    .loss_grad = loss_grad,
};
