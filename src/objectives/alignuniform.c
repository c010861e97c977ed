/* alignuniform.c - alignment of pairs and uniformity on the sphere.
 *
 *     loss = D+^2 + weight log( mean over negatives of exp(-t D-^2) ),   D = |x - y|
 *
 * The paper has one encoder and spreads its points; here inputs are spread from
 * the output words they do not belong to. */
#include <math.h>

#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { WEIGHT, T };

static unsigned needs(const float *parameters)
{
    (void)parameters;
    return N2V_NEEDS_UNIT_ROWS;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float weight = parameters[WEIGHT], t = parameters[T];
    const size_t n = tile->n;

    (void)scratch;
    for (size_t i = 0; i < tile->m; i++) {
        const float positives = (float)(tile->first[i + 1] - tile->first[i]);
        const float log_sum = n2v_negative_shares(tile, i, -t, false, math, gradient.scores + i * n);
        float count = 0;

        for (size_t j = 0; j < n; j++) {
            gradient.scores[i * n + j] *= -weight * t * positives;
            count += n2v_tile_draws(tile, i, j);
        }
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            gradient.positives[p] = 1;
            if (loss)
                *loss += (double)tile->positive_scores[p];
        }
        if (loss && count > 0)
            *loss += (double)positives * (double)weight * ((double)log_sum - log((double)count));
    }
}

const n2v_objective n2v_objective_alignuniform = {
    .name = "alignuniform",
    .summary = "pairs close together, everything spread over the sphere",
    .formula = "D+^2 + weight log( mean over negatives of exp(-t D-^2) ), D = |x - y|",
    .paper = "Wang & Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"weight", 1, 0, 100, false, "of uniformity against alignment"},
                   {"t", 2, 0.01f, 100, false, "sharpness of the Gaussian potential"}},
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 1,
    .needs = needs,
    .loss_grad = loss_grad,
};
