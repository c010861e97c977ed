#include "objectives/categorical.h"

#include <math.h>

void negative_shares(const n2v_tile *tile, float scale, bool subtract_noise, const VectorMath *math, float *scratch,
                     float *shares, float *sums, float *tops)
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
    math->softmax(scores, m, n, scale, subtract_noise ? scratch : NULL, tile->multiplicity, shares, sums,
                  tops);
}

size_t categorical_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return 3 * m + (n > positives ? n : positives);
}

void categorical_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss)
{
    const VectorMath *const math = tile->math;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *sums = scratch, *tops = sums + m, *pull = tops + m, *of_positive = pull + m;

    negative_shares(tile, scale, subtract_noise, math, of_positive, gradient->scores, sums, tops);
    for (size_t p = 0; p < positives; p++) {
        const float noise = subtract_noise ? tile->positive_log_noise[p] : 0;
        gradient->positives[p] = (tile->positive_scores[p] - noise) * scale - tops[tile->row[p]];
    }
    if (loss) { /* log(1 + the odds of the negatives) */
        math->log(sums, pull, m);
        for (size_t p = 0; p < positives; p++)
            of_positive[p] = pull[tile->row[p]] - gradient->positives[p];
        math->softplus(of_positive, of_positive, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += (double)of_positive[p];
    }
    math->exp(gradient->positives, of_positive, positives);
    for (size_t i = 0; i < m; i++)
        pull[i] = 0;
    for (size_t p = 0; p < positives; p++) {
        const float all = sums[tile->row[p]], left = all / (all + of_positive[p]) * scale; /* the negatives' share */
        pull[tile->row[p]] += left;
        gradient->positives[p] = -left;
    }
    math->weigh(gradient->scores, m, n, pull, NULL);
}
