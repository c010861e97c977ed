/* softnn.c - soft nearest neighbours: positives must be the likely neighbours.
 *
 *     loss = -log( sum over positives of exp(-D^2 / t) / sum over positives and negatives of exp(-D^2 / t) )
 *
 * for every row that has a positive, D = |x - y|. */
#include <math.h>

#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { TEMPERATURE, UNIT };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return 1 / parameters[TEMPERATURE];
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)n;
    return 7 * m + positives;
}

/* The sum of log(1 + the odds of the negatives); their log odds are log(negatives / positives) - log_odds. */
static double sum_loss(const VectorMath *math, size_t m, const float *log_odds, const float *negatives,
                       const float *positives, float *scratch)
{
    double all = 0;

    for (size_t i = 0; i < m; i++)
        scratch[i] = positives[i] > 0 && negatives[i] > 0 ? logf(negatives[i] / positives[i]) - log_odds[i] : -INFINITY;
    math->softplus(scratch, scratch, m);
    for (size_t i = 0; i < m; i++)
        all += (double)scratch[i];
    return all;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const float scale = -1 / parameters[TEMPERATURE];
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *negative_sum = scratch, *tops = negative_sum + m, *pull = tops + m, *log_odds = pull + m;
    float *sum = log_odds + m, *of_each = sum + m;
    float *odds = of_each + m, *share = odds + m; /* consecutive: one call of exp */

    (void)user;
    /* Single loops over all positives: the ends of inner loops over a row's few would be mispredicted. */
    for (size_t i = 0; i < m; i++) {
        odds[i] = -INFINITY; /* the largest of the positives; with it subtracted, their sum is at least 1 */
        sum[i] = 0;
    }
    for (size_t p = 0; p < positives; p++) {
        float *top = &odds[tile->row[p]];
        share[p] = tile->positive_scores[p] * scale;
        *top = share[p] > *top ? share[p] : *top;
    }
    for (size_t p = 0; p < positives; p++)
        share[p] -= odds[tile->row[p]];
    for (size_t i = 0; i < m; i++)
        log_odds[i] = odds[i];
    math->exp(odds, odds, m + positives);
    negative_shares(tile, scale, false, math, NULL, gradient->scores, negative_sum, tops);
    for (size_t p = 0; p < positives; p++)
        sum[tile->row[p]] += share[p];
    for (size_t i = 0; i < m; i++) {
        if (tops[i] != 0) {
            log_odds[i] -= tops[i];
            math->exp(log_odds + i, odds + i, 1);
        }
        pull[i] = sum[i] > 0 ? scale * negative_sum[i] / (negative_sum[i] + odds[i] * sum[i]) : 0;
        of_each[i] = -pull[i] / sum[i];
    }
    for (size_t p = 0; p < positives; p++)
        gradient->positives[p] = share[p] * of_each[tile->row[p]];
    math->weigh(gradient->scores, m, n, pull, NULL);
    if (loss)
        *loss += sum_loss(math, m, log_odds, negative_sum, sum, pull);
}

const n2v_objective objective_softnn = {
    .size = sizeof(n2v_objective),
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
