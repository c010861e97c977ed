#include "objectives/logistic.h"

size_t logistic_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return m * n > positives ? m * n : positives;
}

/* Uses the gradient's arrays for the logits; those of the positives are negated. */
static double sum_loss(const n2v_tile *tile, float scale, float weight, bool subtract_noise, const VectorMath *math,
                       const n2v_tile_gradient *gradient, float *softplus)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    double sum = 0;

    for (size_t p = 0; p < positives; p++)
        gradient->positives[p] =
            (subtract_noise ? tile->positive_log_noise[p] : 0) - scale * tile->positive_scores[p];
    math->softplus(gradient->positives, softplus, positives);
    for (size_t p = 0; p < positives; p++)
        sum += (double)softplus[p];
    sum *= (double)weight;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient->scores[i * n + j] = scale * tile->scores[i * n + j] - (subtract_noise ? tile->log_noise[j] : 0);
    math->softplus(gradient->scores, softplus, m * n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            if (tile_weight(tile, i, j) > 0)
                sum += (double)(tile_weight(tile, i, j) * softplus[i * n + j]);
    return sum;
}

void logistic_loss_grad(const n2v_tile *tile, float scale, float weight, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss)
{
    const VectorMath *const math = tile->math;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];

    if (loss)
        *loss += sum_loss(tile, scale, weight, subtract_noise, math, gradient, scratch);
    math->logistic_positives(tile->positive_scores, positives, scale,
                             subtract_noise ? tile->positive_log_noise : NULL, gradient->positives);
    for (size_t p = 0; weight != 1 && p < positives; p++)
        gradient->positives[p] *= weight;
    math->logistic(tile->scores, m, n, scale, subtract_noise ? tile->log_noise : NULL, tile->first,
                   tile->multiplicity, gradient->scores);
    for (size_t c = 0; tile->mask && c < m * n; c++)
        gradient->scores[c] = tile->mask[c] ? 0 : gradient->scores[c];
}
