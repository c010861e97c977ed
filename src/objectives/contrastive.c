/* contrastive.c - pull positives together, push negatives beyond a margin.
 *
 *     loss = D+^2 + sum over negatives of max(0, margin - D-)^2,   D = |x - y|
 *
 * The score is D^2. The derivative of D by it is infinite at D = 0. Where D is below a thousandth of the margin, the
 * derivative is computed as if D were that thousandth. */
#include <math.h>

#include "objectives/registry.h"

enum { MARGIN, UNIT };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)positives;
    return m * n + m;
}

static double sum_loss(const n2v_tile *tile, float margin)
{
    double sum = 0;

    for (size_t p = 0; p < tile->first[tile->m]; p++)
        sum += (double)tile->positive_scores[p];
    for (size_t i = 0; i < tile->m; i++) {
        for (size_t j = 0; j < tile->n; j++) {
            const float distance = sqrtf(tile->scores[i * tile->n + j]), gap = margin - distance;
            sum += gap > 0 ? (double)(tile_weight(tile, i, j) * gap * gap) : 0;
        }
    }
    return sum;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const float margin = parameters[MARGIN];
    const size_t m = tile->m, n = tile->n, cells = m * n;
    float *distance = scratch, *counts = distance + cells;

    (void)user;
    if (loss)
        *loss += sum_loss(tile, margin);
    for (size_t p = 0; p < tile->first[m]; p++)
        gradient->positives[p] = 1;
    for (size_t i = 0; i < m; i++)
        counts[i] = (float)(tile->first[i + 1] - tile->first[i]);
    math->roots(tile->scores, distance, cells);
    for (size_t c = 0; c < cells; c++)
        gradient->scores[c] = distance[c] < margin ? 2 * (distance[c] - margin) : 0;
    math->root_slopes(distance, cells, 1e-3f * margin, gradient->scores);
    math->weigh(gradient->scores, m, n, counts, tile->multiplicity);
    for (size_t c = 0; tile->mask && c < cells; c++)
        gradient->scores[c] = tile->mask[c] ? 0 : gradient->scores[c];
}

const n2v_objective objective_contrastive = {
    .size = sizeof(n2v_objective),
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
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
