/* contrastive.c - pull positives together, push negatives beyond a margin.
 *
 *     loss = D+^2 + sum over negatives of max(0, margin - D-)^2,   D = |x - y|
 *
 * The score is D^2. Its slope is infinite where D = 0; below a thousandth of the
 * margin the slope stays what it is there. */
#include <math.h>

#include "objectives/registry.h"

enum { MARGIN, UNIT };

static unsigned needs(const float *parameters)
{
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float margin = parameters[MARGIN], least = 1e-3f * margin;

    (void)math;
    (void)scratch;
    for (size_t p = 0; p < tile->first[tile->m]; p++) {
        gradient.positives[p] = 1;
        if (loss)
            *loss += (double)tile->positive_scores[p];
    }
    for (size_t c = 0; c < tile->m * tile->n; c++) {
        const float distance = sqrtf(tile->scores[c]);
        gradient.scores[c] = (margin > distance ? distance - margin : 0) / (distance > least ? distance : least);
    }
    for (size_t i = 0; i < tile->m; i++) {
        for (size_t j = 0; j < tile->n; j++) {
            const size_t cell = i * tile->n + j;
            const float weight = n2v_tile_weight(tile, i, j);
            gradient.scores[cell] *= weight;
            if (loss && weight > 0) {
                const float distance = sqrtf(tile->scores[cell]), gap = margin > distance ? margin - distance : 0;
                *loss += (double)(weight * gap * gap);
            }
        }
    }
}

const n2v_objective n2v_objective_contrastive = {
    .name = "contrastive",
    .summary = "pulls pairs together and pushes noise words out of a ball",
    .formula = "D+^2 + sum over negatives of max(0, margin - D-)^2, D = |x - y|",
    .paper = "Chopra, Hadsell & LeCun 2005, Learning a Similarity Metric Discriminatively; Hadsell et al. 2006",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"margin", 1, 1e-3f, 100, false, "distance beyond which a negative no longer matters"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1"}},
    .init = 1,
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .loss_grad = loss_grad,
};
