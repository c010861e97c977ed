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

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float scale = -1 / parameters[TEMPERATURE];
    const size_t n = tile->n;

    (void)scratch;
    for (size_t i = 0; i < tile->m; i++) {
        const size_t from = tile->first[i], count = tile->first[i + 1] - from;
        const float noise = n2v_negative_shares(tile, i, scale, false, math, gradient.scores + i * n);
        float top, sum, odds, left;

        if (!count) {
            for (size_t j = 0; j < n; j++)
                gradient.scores[i * n + j] = 0;
            continue;
        }
        for (size_t p = from; p < from + count; p++)
            gradient.positives[p] = tile->positive_scores[p] * scale;
        top = math->max(gradient.positives + from, count);
        sum = math->exp_sum(gradient.positives + from, top, gradient.positives + from, count);
        odds = noise - (top + logf(sum)); /* log odds of the negatives */
        math->sigmoid(&odds, &left, 1);
        if (loss) {
            float value;
            math->softplus(&odds, &value, 1);
            *loss += (double)value;
        }
        for (size_t p = from; p < from + count; p++)
            gradient.positives[p] *= -left * scale / sum;
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= left * scale;
    }
}

const n2v_objective n2v_objective_softnn = {
    .name = "softnn",
    .summary = "soft nearest neighbours: the positives among the likely neighbours",
    .formula = "-log( sum+ exp(-D^2/t) / (sum+ exp(-D^2/t) + sum- exp(-D^2/t)) ), D = |x - y|",
    .paper = "Salakhutdinov & Hinton 2007; Frosst, Papernot & Hinton 2019, equation 1",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"temperature", 0.2f, 0.01f, 100, false, "t: divides the squared distances"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1"}},
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .sharpness = sharpness,
    .loss_grad = loss_grad,
};
