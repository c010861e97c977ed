/* softnn.c - soft nearest neighbours: a positive must be the likely neighbour.
 *
 *     loss = -log( sum over positives of exp(-D^2 / t) / sum over positives and negatives of exp(-D^2 / t) )
 *
 * once for every row that has a positive, D = |x - y|. */
#include <math.h>

#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { TEMPERATURE, UNIT };

static unsigned needs(const float *parameters)
{
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

static float sharpness(const float *parameters)
{
    return 1 / parameters[TEMPERATURE];
}

static size_t scratch_floats(size_t m, size_t n, size_t positives)
{
    (void)n;
    (void)positives;
    return 4 * m;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float scale = -1 / parameters[TEMPERATURE];
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *noise = scratch, *top = noise + m, *sum = top + m, *left = sum + m;

    n2v_negative_shares(tile, scale, false, math, NULL, gradient.scores, noise);
    for (size_t i = 0; i < m; i++) {
        top[i] = -INFINITY;
        sum[i] = 0;
    }
    for (size_t p = 0; p < positives; p++) {
        const float logit = tile->positive_scores[p] * scale;
        top[tile->row[p]] = logit > top[tile->row[p]] ? logit : top[tile->row[p]];
    }
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] = tile->positive_scores[p] * scale - top[tile->row[p]];
    math->exp(gradient.positives, gradient.positives, positives);
    for (size_t p = 0; p < positives; p++)
        sum[tile->row[p]] += gradient.positives[p];
    math->log(sum, left, m);
    for (size_t i = 0; i < m; i++) /* log odds of the negatives; a row without a positive has no part */
        noise[i] = sum[i] > 0 ? noise[i] - (top[i] + left[i]) : -INFINITY;
    math->sigmoid(noise, left, m);
    if (loss) {
        math->softplus(noise, noise, m);
        for (size_t i = 0; i < m; i++)
            *loss += (double)noise[i];
    }
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] *= -left[tile->row[p]] * scale / sum[tile->row[p]];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= left[i] * scale;
}

const n2v_objective n2v_objective_softnn = {
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
    .needs = needs,
    .sharpness = sharpness,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
