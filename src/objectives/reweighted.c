#include "objectives/reweighted.h"

#include <math.h>

#include "objectives/categorical.h"

size_t n2v_reweighted_scratch(size_t m, size_t n, size_t positives)
{
    return m * n + 4 * m + 3 * positives;
}

/* How many negatives each row has. */
static void count_draws(const n2v_tile *tile, float *counts)
{
    float all = 0;

    for (size_t j = 0; j < tile->n; j++)
        all += tile->multiplicity ? tile->multiplicity[j] : 1;
    for (size_t i = 0; i < tile->m; i++) {
        counts[i] = tile->mask ? 0 : all;
        for (size_t j = 0; tile->mask && j < tile->n; j++)
            counts[i] += n2v_tile_draws(tile, i, j);
    }
}

/* log R of every row, its gradient by the scores in gradient.scores but for scale; -INFINITY without a negative. */
static void hard_means(const n2v_tile *tile, float scale, float beta, const n2v_vector_math *math,
                       const float *log_counts, float *others, float *scratch, float *scores, float *log_means)
{
    const size_t m = tile->m, cells = m * tile->n;

    n2v_negative_shares(tile, scale * (1 + beta), false, math, NULL, scores, log_means);
    if (scale * beta > 0) { /* not rounded to 0 */
        n2v_negative_shares(tile, scale * beta, false, math, NULL, others, scratch);
        for (size_t c = 0; c < cells; c++)
            scores[c] = (1 + beta) * scores[c] - beta * others[c];
        log_counts = scratch;
    }
    for (size_t i = 0; i < m; i++)
        log_means[i] = log_means[i] > -INFINITY ? log_means[i] - log_counts[i] : -INFINITY;
}

/* All in logarithms, because each factor alone may overflow. */
void n2v_reweighted_loss_grad(const n2v_tile *tile, float temperature, float tau, float beta,
                              const n2v_vector_math *math, n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float scale = 1 / temperature, log_tau = logf(tau), log_true = log1pf(-tau), log_floor = -scale;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *counts = scratch, *log_counts = counts + m, *log_means = log_counts + m, *pull = log_means + m;
    float *others = pull + m, *rest = others + m * n, *log_rest = rest + positives, *left = log_rest + positives;

    count_draws(tile, counts);
    math->log(counts, log_counts, m);
    hard_means(tile, scale, beta, math, log_counts, others, pull, gradient.scores, log_means);
    for (size_t i = 0; i < m; i++)
        pull[i] = 0;
    for (size_t p = 0; p < positives; p++) { /* the false negatives' share of the mean */
        const float share = log_tau + tile->positive_scores[p] * scale - log_means[tile->row[p]];
        rest[p] = share < 0 ? share : 0;
    }
    math->exp(rest, rest, positives);
    for (size_t p = 0; p < positives; p++)
        rest[p] = tau > 0 ? 1 - rest[p] : 1;
    math->log(rest, log_rest, positives);
    for (size_t p = 0; p < positives; p++) { /* log odds of the negatives */
        const size_t i = tile->row[p];
        float log_g = log_means[i] + log_rest[p] - log_true;
        if (!(log_g > log_floor)) {
            log_g = log_floor;
            rest[p] = 0;
        }
        log_rest[p] = log_counts[i] + log_g - tile->positive_scores[p] * scale;
    }
    math->sigmoid(log_rest, left, positives);
    if (loss) {
        math->softplus(log_rest, log_rest, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += (double)log_rest[p];
    }
    for (size_t p = 0; p < positives; p++) {
        const size_t i = tile->row[p];
        const bool moves = rest[p] > 0; /* g is not its floor */
        pull[i] += moves ? left[p] / rest[p] * scale : 0;
        gradient.positives[p] = -(left[p] + (moves ? counts[i] * tau / (1 - tau) * (1 - left[p]) : 0)) * scale;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= pull[i];
}
