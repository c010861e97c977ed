#include "objectives/quadratic.h"

uint32_t quadratic_needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_SLOPE_CLIPPING | (parameters[0] > 0 ? N2V_NEEDS_IN_BATCH : 0u);
}

size_t quadratic_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)n;
    (void)positives;
    return m;
}

/* In double, because the two terms may cancel, and the squares may leave the range of float. */
static double parabola(Parabola p, float score)
{
    return (double)score * ((double)p.square * (double)score + (double)p.slope);
}

static double sum_loss(const n2v_tile *tile, Parabola positive, Parabola negative, const float *of_each)
{
    double sum = 0;

    for (size_t p = 0; p < tile->first[tile->m]; p++)
        sum += parabola(positive, tile->positive_scores[p]);
    for (size_t i = 0; i < tile->m; i++)
        for (size_t j = 0; j < tile->n; j++)
            if (!tile_masked(tile, i, j))
                sum += (double)(of_each[i] * (tile->multiplicity ? tile->multiplicity[j] : 1)) *
                       parabola(negative, tile->scores[i * tile->n + j]);
    return sum;
}

void quadratic_loss_grad(const n2v_tile *tile, Parabola positive, Parabola negative, const n2v_tile_gradient *gradient,
                         float *scratch, double *loss)
{
    const size_t m = tile->m, n = tile->n, cells = m * n;
    float *of_each = scratch; /* the weight of each draw */

    tile_count_draws(tile, of_each);
    for (size_t i = 0; i < m; i++)
        of_each[i] = of_each[i] > 0 ? (float)(tile->first[i + 1] - tile->first[i]) / of_each[i] : 0;
    if (loss)
        *loss += sum_loss(tile, positive, negative, of_each);
    for (size_t p = 0; p < tile->first[m]; p++)
        gradient->positives[p] = 2 * positive.square * tile->positive_scores[p] + positive.slope;
    for (size_t c = 0; c < cells; c++)
        gradient->scores[c] = 2 * negative.square * tile->scores[c] + negative.slope;
    tile->math->weigh(gradient->scores, m, n, of_each, tile->multiplicity);
    for (size_t c = 0; tile->mask && c < cells; c++)
        gradient->scores[c] = tile->mask[c] ? 0 : gradient->scores[c];
}
