/* infonce.c - the categorical cross-entropy of the positive among draws from Q.
 *
 *     loss = -log( exp(s+ / t) / (exp(s+ / t) + sum over noise of exp(s- / t)) )
 *
 * Computed as softplus(L - s+ / t), L the log-sum-exp of the row's noise scores:
 * stable for scores of any size. Optimum: s / t = log(P(w|c) / Q(w)) + f(c). With
 * correct=1 each score has log(kQ) subtracted first (sampled softmax, Jean et al.
 * 2015), and the optimum is log P(w|c) + f(c). */
#include <math.h>

#include "objectives/registry.h"

enum { TEMPERATURE, CORRECT };

static unsigned needs(const float *parameters)
{
    return parameters[CORRECT] > 0 ? N2V_NEEDS_LOG_NOISE : 0;
}

static size_t scratch_floats(size_t m, size_t n, size_t positives)
{
    (void)m;
    (void)n;
    return 2 * positives;
}

/* Turns a row of scores into the noise words' shares of their own sum; returns its log. */
static float share(const n2v_tile *tile, size_t i, float scale, bool correct, const n2v_vector_math *math, float *row)
{
    const size_t n = tile->n;
    const unsigned char *mask = tile->mask ? tile->mask + i * n : NULL;
    float sum, top;

    for (size_t j = 0; j < n; j++)
        row[j] = (tile->scores[i * n + j] - (correct ? tile->log_noise[j] : 0)) * scale;
    if (mask)
        for (size_t j = 0; j < n; j++)
            row[j] = mask[j] ? -INFINITY : row[j];
    top = n ? math->max(row, n) : -INFINITY;
    if (top == -INFINITY) { /* no negative at all: no loss */
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

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    const float scale = 1 / parameters[TEMPERATURE];
    const bool correct = parameters[CORRECT] > 0;
    float *odds = gradient.positives; /* log odds of the noise against the positive */

    for (size_t i = 0; i < m; i++) {
        const float log_sum = share(tile, i, scale, correct, math, gradient.scores + i * n);
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++)
            odds[p] = log_sum - (tile->positive_scores[p] - (correct ? tile->positive_log_noise[p] : 0)) * scale;
    }
    if (loss) {
        math->softplus(odds, scratch, positives);
        for (size_t p = 0; p < positives; p++)
            *loss += (double)scratch[p];
    }
    math->sigmoid(odds, scratch, positives);
    for (size_t i = 0; i < m; i++) {
        float noise = 0; /* the probability that the row's positives leave to noise */
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            noise += scratch[p];
            gradient.positives[p] = -scratch[p] * scale;
        }
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] *= noise * scale;
    }
}

const n2v_objective n2v_objective_infonce = {
    .name = "infonce",
    .summary = "the positive must win a softmax among noise words: maximises mutual information",
    .formula = "-log( exp(s+/t) / (exp(s+/t) + sum over noise of exp(s-/t)) )",
    .paper = "van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding, equation 4",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 1, 0.01f, 100, false, "t: divides the scores"},
                   {"correct", 0, 0, 1, true, "1: subtract log(kQ) from the scores (sampled softmax)"}},
    .learning_rate = 0.025,
    .noise = 5,
    .needs = needs,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
