#include "objectives/reweighted.h"

#include <math.h>

#include "objectives/categorical.h"

size_t reweighted_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return m * n + 6 * m + 2 * positives;
}

/* R of every row without weights, divided by exp(tops). `scores` becomes dR / dscores, divided by scale R. */
static void plain_means(const n2v_tile *tile, float scale, const float *counts, float *scores, float *means,
                        float *tops)
{
    negative_shares(tile, scale, false, tile->math, NULL, scores, means, tops);
    for (size_t i = 0; i < tile->m; i++)
        means[i] /= counts[i];
}

/* Each row less its highest negative; -INFINITY where masked. tops[i] is scale times the highest, 0 without any. */
static void shift_rows(const n2v_tile *tile, float scale, float *shifted, float *tops)
{
    const size_t m = tile->m, n = tile->n;

    for (size_t c = 0; c < m * n; c++)
        shifted[c] = tile->mask && tile->mask[c] ? -INFINITY : tile->scores[c];
    for (size_t i = 0; i < m; i++) {
        const float high = tile->math->max(shifted + i * n, n), taken = high > -INFINITY ? high : 0;
        for (size_t j = 0; j < n; j++)
            shifted[i * n + j] -= taken;
        tops[i] = scale * taken;
    }
}

/* The same with weights w_j = exp(beta u_j), whose shares are q_j: with e_j = exp(u_j - tops),
 *     R = sum_j q_j e_j      dR / du_j = q_j ((1 + beta) e_j - beta R)
 * Rows are shifted before they are multiplied by 1 + beta, and the two terms of the gradient have q_j in common: as the
 * difference of two softmaxes they would cancel for large beta and large scores. */
static void hard_means(const n2v_tile *tile, float scale, float beta, float *shares, float *sums, float *scores,
                       float *means, float *tops)
{
    const size_t m = tile->m, n = tile->n;
    float *weight_tops = sums + m;

    shift_rows(tile, scale, scores, tops);
    tile->math->softmax(scores, m, n, scale * beta, NULL, tile->multiplicity, shares, sums, weight_tops);
    for (size_t c = 0; c < m * n; c++)
        scores[c] *= scale;
    tile->math->exp(scores, scores, m * n);
    for (size_t i = 0; i < m; i++) {
        float mean = 0;
        for (size_t j = 0; j < n; j++)
            mean += shares[i * n + j] * scores[i * n + j];
        for (size_t j = 0; j < n && mean > 0; j++)
            scores[i * n + j] = shares[i * n + j] * ((1 + beta) * scores[i * n + j] / mean - beta);
        means[i] = mean;
    }
}

/* R, g and e+ are all divided by exp(tops), because each of them may overflow. */
void reweighted_loss_grad(const n2v_tile *tile, float temperature, float tau, float beta,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss)
{
    const VectorMath *const math = tile->math;
    const float scale = 1 / temperature, rest_true = 1 - tau;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *others = scratch, *counts = others + m * n, *means = counts + m, *tops = means + m, *pull = tops + m;
    float *floors = pull + m, *ratios = floors + m, *over_floor = ratios + positives; /* consecutive: one call of exp */

    tile_count_draws(tile, counts);
    if (scale * beta > 0)
        hard_means(tile, scale, beta, others, pull, gradient->scores, means, tops);
    else /* beta is 0, or the product underflows */
        plain_means(tile, scale, counts, gradient->scores, means, tops);
    for (size_t i = 0; i < m; i++) {
        floors[i] = -scale - tops[i];
        pull[i] = 0;
    }
    for (size_t p = 0; p < positives; p++) {
        ratios[p] = tile->positive_scores[p] * scale - tops[tile->row[p]];
        over_floor[p] = tile->positive_scores[p] * scale + scale;
    }
    math->exp(floors, floors, m + 2 * positives);
    for (size_t p = 0; p < positives; p++) {
        const size_t i = tile->row[p];
        const float count = counts[i], rest = tau > 0 ? means[i] - tau * ratios[p] : means[i];
        const float all = count * rest / rest_true; /* N g, unless g is at its minimum */
        const bool moves = rest > rest_true * floors[i];
        const float left = moves ? all / (all + ratios[p]) : count / (count + over_floor[p]);
        const float right = ratios[p] / (all + ratios[p]); /* 1 - left, which would cancel */

        gradient->positives[p] = 0;
        if (loss)
            over_floor[p] = (moves ? tops[i] + logf(all) : logf(count) - scale) - tile->positive_scores[p] * scale;
        if (!(count > 0)) /* no negatives: the values above are NaN */
            continue;
        pull[i] += moves ? left * means[i] / rest * scale : 0;
        gradient->positives[p] = -(left + (moves ? count * tau / rest_true * right : 0)) * scale;
    }
    math->weigh(gradient->scores, m, n, pull, NULL);
    if (loss) {
        math->softplus(over_floor, over_floor, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += counts[tile->row[p]] > 0 ? (double)over_floor[p] : 0;
    }
}
