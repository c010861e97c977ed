/* lifted.c - lifted structured embedding: all edges of a batch at once.
 *
 *     J = D+ + log( sum_k exp(margin - D_ik) + sum_l exp(margin - D_lj) ),   D = |x - y|
 *     loss = max(0, J)^2 / 2     over the positive pairs (i, j)
 *
 * k runs over the negatives of input i, l over the negatives of output j: the tile's
 * other rows in its column. Sampled tiles have no column for a positive, and then
 * only the first sum. hard=1: J = D+ + the largest margin - D alone. The score is D^2;
 * below a thousandth of the margin D's slope stays what it is there. */
#include <math.h>

#include "objectives/registry.h"

enum { MARGIN, UNIT, HARD, IN_BATCH };

static unsigned needs(const float *parameters)
{
    return (parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0u) | 
           (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH | N2V_NEEDS_CLASSES : 0u);
}

static size_t scratch_floats(size_t m, size_t n, size_t positives)
{
    (void)positives;
    return m * n + n + m;
}

/* Turns count values margin - D (-INFINITY: none) into shares of their soft maximum
 * and returns that: the log-sum-exp, or with hard the maximum. weight may be NULL. */
static float soft_maximum(float *values, const float *weight, size_t count, bool hard, const n2v_vector_math *math)
{
    const float top = count ? math->max(values, count) : -INFINITY;
    float sum = 0;

    if (top == -INFINITY) {
        for (size_t k = 0; k < count; k++)
            values[k] = 0;
        return top;
    }
    if (hard) {
        bool found = false;
        for (size_t k = 0; k < count; k++) {
            const bool is_top = !found && values[k] >= top;
            values[k] = is_top ? 1 : 0;
            found |= is_top;
        }
        return top;
    }
    (void)math->exp_sum(values, top, values, count);
    for (size_t k = 0; k < count; k++)
        sum += values[k] *= weight ? weight[k] : 1;
    for (size_t k = 0; k < count; k++)
        values[k] /= sum;
    return top + logf(sum);
}

/* The share of a in exp(a) + exp(b) (with hard: of the larger), and the sum's log in *both. */
static float join(float a, float b, bool hard, float *both)
{
    const float top = a > b ? a : b;

    *both = hard || top == -INFINITY ? top : top + log1pf(expf((a < b ? a : b) - top));
    if (hard || top == -INFINITY)
        return a >= b ? 1 : 0;
    return expf(a - *both);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float margin = parameters[MARGIN], least = 1e-3f * margin;
    const bool hard = parameters[HARD] > 0;
    const size_t m = tile->m, n = tile->n;
    float *distance = scratch, *row = distance + m * n, *column = row + n;

    for (size_t c = 0; c < m * n; c++) {
        distance[c] = sqrtf(tile->scores[c]);
        gradient.scores[c] = 0;
    }
    for (size_t i = 0; i < m; i++) {
        float row_top, row_pull = 0;
        for (size_t j = 0; j < n; j++)
            row[j] = n2v_tile_masked(tile, i, j) ? -INFINITY : margin - distance[i * n + j];
        row_top = soft_maximum(row, tile->multiplicity, n, hard, math);
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            const float positive = sqrtf(tile->positive_scores[p]);
            float column_top = -INFINITY, both, share, pull;
            if (tile->column) {
                const size_t j = tile->column[p];
                for (size_t l = 0; l < m; l++)
                    column[l] = n2v_tile_masked(tile, l, j) ? -INFINITY : margin - distance[l * n + j];
                column_top = soft_maximum(column, NULL, m, hard, math);
            }
            share = join(row_top, column_top, hard, &both);
            pull = positive + both > 0 ? positive + both : 0;
            if (loss)
                *loss += 0.5 * (double)pull * (double)pull;
            gradient.positives[p] = pull / (2 * fmaxf(positive, least));
            row_pull += pull * share;
            if (tile->column && pull > 0)
                for (size_t l = 0; l < m; l++)
                    gradient.scores[l * n + tile->column[p]] -= pull * (1 - share) * column[l];
        }
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] -= row_pull * row[j];
    }
    for (size_t c = 0; c < m * n; c++)
        gradient.scores[c] /= 2 * fmaxf(distance[c], least);
}

const n2v_objective n2v_objective_lifted = {
    .name = "lifted",
    .summary = "lifted structured embedding: each positive against all edges of its two ends",
    .formula = "max(0, D+ + log(sum of exp(margin - D-) over the negatives of both ends))^2 / 2, D = |x - y|",
    .paper = "Song, Xiang, Jegelka & Savarese 2015, Deep Metric Learning via Lifted Structured Feature Embedding",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"margin", 1, 1e-3f, 100, false, "distance that negatives are pushed beyond"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1"},
                   {"hard", 0, 0, 1, true, "1: only the hardest negative, 0: all, smoothly"},
                   {"in_batch", 1, 0, 1, true, "1: the other pairs of a batch are the negatives, 0: draws from Q"}},
    .learning_rate = 0.02,
    .noise = 15,
    .noise_sharing = 1,
    .needs = needs,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
