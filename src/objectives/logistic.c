#include "objectives/logistic.h"

size_t n2v_logistic_scratch(size_t m, size_t n, size_t positives)
{
    return m * n > positives ? m * n : positives;
}

/* Whether some cell counts for other than one positive's one draw. */
static bool weighted(const n2v_tile *tile)
{
    if (tile->mask || tile->multiplicity)
        return true;
    for (size_t i = 0; i < tile->m; i++)
        if (tile->first[i + 1] - tile->first[i] != 1)
            return true;
    return false;
}

void n2v_logistic_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise, const n2v_vector_math *math,
                            n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];

    /* The gradient's arrays hold the logits first, those of the positives negated:
     * -sigmoid(-u) keeps its digits where sigmoid(u) - 1 cancels. */
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] = -scale * tile->positive_scores[p];
    for (size_t c = 0; c < m * n; c++)
        gradient.scores[c] = scale * tile->scores[c];
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
                if (n2v_tile_weight(tile, i, j) > 0)
                    sum += (double)(n2v_tile_weight(tile, i, j) * scratch[i * n + j]);
        *loss += sum;
    }
    math->sigmoid(gradient.positives, gradient.positives, positives);
    for (size_t p = 0; p < positives; p++)
        gradient.positives[p] *= -scale;
    math->sigmoid(gradient.scores, gradient.scores, m * n);
    if (weighted(tile) || scale != 1)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                gradient.scores[i * n + j] *= scale * n2v_tile_weight(tile, i, j);
}
