#include "objectives/categorical.h"

#include <math.h>

void n2v_negative_shares(const n2v_tile *tile, float scale, bool subtract_noise, const n2v_vector_math *math,
                         float *scratch, float *shares, float *log_sums)
{
    const size_t m = tile->m, n = tile->n;
    const float *scores = tile->scores, nothing = scale > 0 ? -INFINITY : INFINITY;

    if (tile->mask) {
        for (size_t c = 0; c < m * n; c++)
            shares[c] = tile->mask[c] ? nothing : scores[c];
        scores = shares;
    }
    for (size_t j = 0; subtract_noise && j < n; j++)
        scratch[j] = -scale * tile->log_noise[j];
    math->softmax(scores, m, n, scale, subtract_noise ? scratch : NULL, tile->multiplicity, shares, log_sums);
}

size_t n2v_categorical_scratch(size_t m, size_t n, size_t positives)
{
    return m + (n > positives ? n : positives);
}

void n2v_categorical_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise, const n2v_vector_math *math,
                               n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *of_row = scratch, *of_positive = scratch + m;
    float *odds = gradient.positives; /* log odds of the negatives against the positive */

    n2v_negative_shares(tile, scale, subtract_noise, math, of_positive, gradient.scores, of_row);
    for (size_t p = 0; p < positives; p++) {
        const float noise = subtract_noise ? tile->positive_log_noise[p] : 0;
        odds[p] = of_row[tile->row[p]] - (tile->positive_scores[p] - noise) * scale;
    }
    if (loss) {
        math->softplus(odds, of_positive, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += (double)of_positive[p];
    }
    math->sigmoid(odds, of_positive, positives); /* the probability that a positive leaves to negatives */
    for (size_t i = 0; i < m; i++)
        of_row[i] = 0;
    for (size_t p = 0; p < positives; p++) {
        of_row[tile->row[p]] += of_positive[p] * scale;
        gradient.positives[p] = -of_positive[p] * scale;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= of_row[i];
}
