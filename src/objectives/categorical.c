#include "objectives/categorical.h"

#include <math.h>

float n2v_negative_shares(const n2v_tile *tile, size_t i, float scale, bool subtract_noise,
                          const n2v_vector_math *math, float *row)
{
    const size_t n = tile->n;
    const float *scores = tile->scores + i * n;
    const unsigned char *mask = tile->mask ? tile->mask + i * n : NULL;
    float sum, top;

    for (size_t j = 0; j < n; j++)
        row[j] = (subtract_noise ? scores[j] - tile->log_noise[j] : scores[j]) * scale;
    if (mask)
        for (size_t j = 0; j < n; j++)
            row[j] = mask[j] ? -INFINITY : row[j];
    top = n ? math->max(row, n) : -INFINITY;
    if (top == -INFINITY) {
        for (size_t j = 0; j < n; j++)
            row[j] = 0;
        return -INFINITY;
    }
    sum = math->exp_sum(row, top, row, n);
    if (tile->multiplicity) {
        sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += row[j] *= tile->multiplicity[j];
    }
    for (size_t j = 0; j < n; j++)
        row[j] /= sum;
    return top + logf(sum);
}

size_t n2v_categorical_scratch(size_t m, size_t n, size_t positives)
{
    (void)m;
    (void)n;
    return positives;
}

void n2v_categorical_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise, const n2v_vector_math *math,
                               n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const size_t n = tile->n, positives = tile->first[tile->m];
    float *odds = gradient.positives; /* log odds of the negatives against the positive */

    for (size_t i = 0; i < tile->m; i++) {
        const float log_sum = n2v_negative_shares(tile, i, scale, subtract_noise, math, gradient.scores + i * n);
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            const float noise = subtract_noise ? tile->positive_log_noise[p] : 0;
            odds[p] = log_sum - (tile->positive_scores[p] - noise) * scale;
        }
    }
    if (loss) {
        math->softplus(odds, scratch, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += (double)scratch[p];
    }
    math->sigmoid(odds, scratch, positives); /* the probability that a positive leaves to negatives */
    for (size_t i = 0; i < tile->m; i++) {
        float left = 0;
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            left += scratch[p];
            gradient.positives[p] = -scratch[p] * scale;
        }
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= left * scale;
    }
}
