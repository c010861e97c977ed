#include "objectives/logistic.h"

#include <string.h>

size_t n2v_logistic_scratch(size_t m, size_t n, size_t positives)
{
    return m * n > positives ? m * n : positives;
}

/* Weight of a cell: 0 where masked, else how many positives and draws it stands for. */
static float weight(const n2v_tile *tile, size_t i, size_t j)
{
    if (tile->mask && tile->mask[i * tile->n + j])
        return 0;
    return (float)(tile->first[i + 1] - tile->first[i]) * (tile->multiplicity ? tile->multiplicity[j] : 1);
}

static bool weighted(const n2v_tile *tile)
{
    return tile->mask || tile->multiplicity || tile->first[tile->m] != tile->m;
}

void n2v_logistic_loss_grad(const n2v_tile *tile, bool subtract_noise, const n2v_vector_math *math,
                            n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];

    /* The gradient's arrays hold the logits first, those of the positives negated:
     * -sigmoid(-u) keeps its digits where sigmoid(u) - 1 cancels. */
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] = -tile->positive_scores[p];
    memcpy(gradient.scores, tile->scores, m * n * sizeof(float));
    if (subtract_noise) {
        for (size_t p = 0; p < positives; p++)
            gradient.positives[p] += tile->positive_log_noise[p];
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                gradient.scores[i * n + j] -= tile->log_noise[j];
    }
    if (loss) {
        double sum = 0;
        math->softplus(gradient.positives, scratch, positives);
        for (size_t p = 0; p < positives; p++)
            sum += (double)scratch[p];
        math->softplus(gradient.scores, scratch, m * n);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                if (weight(tile, i, j) > 0)
                    sum += (double)(weight(tile, i, j) * scratch[i * n + j]);
        *loss += sum;
    }
    math->sigmoid(gradient.positives, gradient.positives, positives);
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] = -gradient.positives[p];
    math->sigmoid(gradient.scores, gradient.scores, m * n);
    if (weighted(tile))
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                gradient.scores[i * n + j] *= weight(tile, i, j);
}
