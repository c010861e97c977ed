#include "objectives/reweighted.h"

#include <math.h>

#include "objectives/categorical.h"

size_t n2v_reweighted_scratch(size_t m, size_t n, size_t positives)
{
    (void)m;
    (void)positives;
    return n;
}

/* One positive: adds to the loss, sets dLoss/du+, returns dLoss/dlog R. All in logarithms,
 * because each factor alone may overflow. */
static float one_positive(float u, float log_mean, float log_count, float tau, float log_floor,
                          const n2v_vector_math *math, float *gradient, double *loss)
{
    const float share = tau > 0 ? expf(fminf(logf(tau) + u - log_mean, 0)) : 0; /* of the mean: false negatives */
    const float log_rest = share < 1 ? log_mean + log1pf(-share) - log1pf(-tau) : -INFINITY;
    const bool floored = log_rest <= log_floor;
    const float odds = log_count + (floored ? log_floor : log_rest) - u;
    float value, left;

    math->softplus(&odds, &value, 1);
    math->sigmoid(&odds, &left, 1);
    if (loss)
        *loss += (double)value;
    if (floored) {
        *gradient = -left;
        return 0;
    }
    *gradient = -left - expf(log_count) * tau / (1 - tau) * (1 - left);
    return expf(log_count + log_mean - log1pf(-tau) - u - value);
}

void n2v_reweighted_loss_grad(const n2v_tile *tile, float temperature, float tau, float beta,
                              const n2v_vector_math *math, n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float scale = 1 / temperature;
    const size_t n = tile->n;

    for (size_t i = 0; i < tile->m; i++) {
        float *row = gradient.scores + i * n, count = 0, pull = 0;
        float log_mean = n2v_negative_shares(tile, i, scale * (1 + beta), false, math, row);

        for (size_t j = 0; j < n; j++)
            count += n2v_tile_draws(tile, i, j);
        if (beta > 0)
            log_mean -= n2v_negative_shares(tile, i, scale * beta, false, math, scratch);
        else
            log_mean -= logf(count);
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            gradient.positives[p] = 0;
            if (count > 0)
                pull += one_positive(tile->positive_scores[p] * scale, log_mean, logf(count), tau, -1 / temperature,
                                     math, &gradient.positives[p], loss);
            gradient.positives[p] *= scale;
        }
        for (size_t j = 0; j < n; j++)
            row[j] = pull * scale * ((1 + beta) * row[j] - (beta > 0 ? beta * scratch[j] : 0));
    }
}
