#include "objectives/reweighted.h"

#include <math.h>

#include "objectives/categorical.h"

size_t reweighted_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return m * n + 6 * m + 2 * positives;
}

/* The number of negatives of each row. */
static void count_draws(const n2v_tile *tile, float *counts)
{
    float all = 0;

    for (size_t j = 0; j < tile->n; j++)
        all += tile->multiplicity ? tile->multiplicity[j] : 1;
    for (size_t i = 0; i < tile->m; i++) {
        counts[i] = tile->mask ? 0 : all;
        for (size_t j = 0; tile->mask && j < tile->n; j++)
            counts[i] += tile_draws(tile, i, j);
    }
}

/* R of every row, divided by exp(tops). `scores` becomes dR / dscores, divided by scale R. */
static void hard_means(const n2v_tile *tile, float scale, float beta, const VectorMath *math, const float *counts,
                       float *others, float *sums, float *scores, float *means, float *tops)
{
    const size_t m = tile->m, cells = m * tile->n;
    float *other_tops = sums + m;

    negative_shares(tile, scale * (1 + beta), false, math, NULL, scores, means, tops);
    if (!(scale * beta > 0)) { /* beta is 0, or the product underflows: all weights are 1 */
        for (size_t i = 0; i < m; i++)
            means[i] /= counts[i];
        return;
    }
    negative_shares(tile, scale * beta, false, math, NULL, others, sums, other_tops);
    for (size_t c = 0; c < cells; c++)
        scores[c] = (1 + beta) * scores[c] - beta * others[c];
    for (size_t i = 0; i < m; i++) {
        means[i] /= sums[i];
        tops[i] -= other_tops[i];
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

    count_draws(tile, counts);
    hard_means(tile, scale, beta, math, counts, others, pull, gradient->scores, means, tops);
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

        gradient->positives[p] = 0;
        if (loss)
            over_floor[p] = (moves ? tops[i] + logf(all) : logf(count) - scale) - tile->positive_scores[p] * scale;
        if (!(count > 0)) /* no negatives: the values above are NaN */
            continue;
        pull[i] += moves ? left * means[i] / rest * scale : 0;
        gradient->positives[p] = -(left + (moves ? count * tau / rest_true * (1 - left) : 0)) * scale;
    }
    math->weigh(gradient->scores, m, n, pull, NULL);
    if (loss) {
        math->softplus(over_floor, over_floor, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += counts[tile->row[p]] > 0 ? (double)over_floor[p] : 0;
    }
}
