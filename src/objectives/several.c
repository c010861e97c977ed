#include "objectives/several.h"

#include <math.h>

#include "objectives/categorical.h"

uint32_t several_needs(const float *parameters, void *user)
{
    (void)user;
    return parameters[SEVERAL_UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

float several_sharpness(const float *parameters, void *user)
{
    (void)user;
    return 1 / parameters[SEVERAL_TEMPERATURE];
}

size_t several_scratch(size_t m, size_t n, size_t positives, void *user)
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
        /* a NaN is no 0: divergence is seen in the loss */
        scratch[i] = positives[i] == 0 || negatives[i] == 0 ? -INFINITY
                                                            : logf(negatives[i] / positives[i]) - log_odds[i];
    math->softplus(scratch, scratch, m);
    for (size_t i = 0; i < m; i++)
        all += (double)scratch[i];
    return all;
}

/* Adds what the mean of -log exp(u+) has more than -log S+: log S+ - mean u+, where share[p] / sum[i] is the share of a
 * positive in S+. */
static void add_each(const n2v_tile *tile, float scale, const float *share, const float *sum,
                     const n2v_tile_gradient *gradient, double *loss)
{
    for (size_t i = 0; i < tile->m; i++) {
        const size_t from = tile->first[i], to = tile->first[i + 1];
        const float count = (float)(to - from);
        float top = -INFINITY;
        double below = 0;

        for (size_t p = from; p < to; p++) {
            gradient->positives[p] += scale * (share[p] / sum[i] - 1 / count);
            top = fmaxf(top, scale * tile->positive_scores[p]);
        }
        for (size_t p = from; loss && p < to; p++)
            below += (double)top - (double)(scale * tile->positive_scores[p]);
        if (loss && to > from)
            *loss += (double)logf(sum[i]) + below / (double)count;
    }
}

void several_loss_grad(const n2v_tile *tile, float scale, bool each, const n2v_tile_gradient *gradient, float *scratch,
                       double *loss)
{
    const VectorMath *const math = tile->math;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *negative_sum = scratch, *tops = negative_sum + m, *pull = tops + m, *log_odds = pull + m;
    float *sum = log_odds + m, *of_each = sum + m;
    float *odds = of_each + m, *share = odds + m; /* consecutive: one call of exp */

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
    if (each)
        add_each(tile, scale, share, sum, gradient, loss);
    if (loss)
        *loss += sum_loss(math, m, log_odds, negative_sum, sum, pull);
}
