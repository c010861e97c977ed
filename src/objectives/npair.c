/* npair.c - multi-class N-pair loss: each positive against the outputs of the batch's other pairs.
 *
 *     loss = log(1 + sum over negatives of exp(s- - s+)) + l2 (|x|^2 + |y+|^2)
 *
 * The first term is the categorical cross-entropy over the batch. The second keeps the embeddings, which are not
 * normalized, from growing, as in the paper. */
#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { L2 };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_IN_BATCH | N2V_NEEDS_CLASSES | (parameters[L2] > 0 ? N2V_NEEDS_NORMS : 0u);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const float l2 = parameters[L2];

    (void)user;
    categorical_loss_grad(tile, 1, false, gradient, scratch, loss);
    if (!(l2 > 0))
        return;
    for (size_t i = 0; i < tile->m; i++) {
        const float positives = (float)(tile->first[i + 1] - tile->first[i]);
        gradient->input_norms[i] = l2 * positives;
        if (loss)
            *loss += (double)(l2 * positives * tile->input_norms[i]);
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            gradient->positive_norms[p] = l2;
            if (loss)
                *loss += (double)(l2 * tile->positive_norms[p]);
        }
    }
}

const n2v_objective objective_npair = {
    .size = sizeof(n2v_objective),
    .name = "npair",
    .summary = "multi-class N-pair loss: the other pairs of a batch are the negatives",
    .formula = "log(1 + sum over negatives of exp(s- - s+)) + l2 (|x|^2 + |y+|^2)",
    .paper = "Sohn 2016, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, equation 6",
    .geometry = N2V_DOT,
    .parameters = {{"l2", 0.0005f, 0, 1, false, "weight of the squared lengths"}},
    .init = 0.03,
    .learning_rate = 0.05,
    .noise = 31,
    .noise_sharing = 1,
    .needs = needs,
    .scratch = categorical_scratch,
    .loss_grad = loss_grad,
};
