/* alignuniform.c - alignment of pairs and uniformity on the sphere, with two encoders.
 *
 *     loss = sum over positives of |x - y+|^2 + weight (U(inputs) + U(outputs)) / 2
 *     U    = log( mean over pairs of a batch's rows of exp(-t D^2) ),   D their distance
 *
 * Uniformity spreads the inputs among themselves, and the outputs among themselves. Only alignment connects the two
 * sides. A word that appears twice in a batch counts as two rows at distance 0. */
#include <math.h>
#include <string.h>

#include "objectives/registry.h"

enum { WEIGHT, T };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return N2V_NEEDS_IN_BATCH | N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY | N2V_NEEDS_UNIT_ROWS;
}

/* Returns U of one side, and writes pull dU/dpair to gradient. All pairs are one row of a softmax, whose shares are
 * proportional to that derivative. multiplicity (NULL: 1) is the number of rows at distance 0 from each other that a
 * row counts for; scratch, count^2 floats, is used only with it. */
static double uniformity(const float *pairs, size_t count, const float *multiplicity, float t, double pull,
                         const VectorMath *math, float *gradient, float *scratch)
{
    float *weights = multiplicity ? scratch : NULL, sum, top;
    const float slope = -t * (float)pull;
    double rows = multiplicity ? 0 : (double)count;

    for (size_t i = 0; i < count && multiplicity; i++)
        rows += (double)multiplicity[i];
    memcpy(gradient, pairs, count * count * sizeof *gradient);
    for (size_t i = 0; i < count; i++) {
        const double copies = multiplicity ? (double)multiplicity[i] : 1;
        for (size_t j = 0; j < count && weights; j++) /* divided by rows first: no product overflows */
            weights[i * count + j] = (float)(copies / rows * ((i == j ? copies - 1 : (double)multiplicity[j]) / rows));
        gradient[i * count + i] = copies > 1 ? 0 : INFINITY;
    }
    math->softmax(gradient, 1, count * count, -t, NULL, weights, gradient, &sum, &top);
    math->weigh(gradient, 1, count * count, &slope, NULL);
    for (size_t i = 0; i < count; i++)
        gradient[i * count + i] = 0;
    if (!(sum > 0))
        return 0; /* a single row has no pairs */
    return (double)top + log((double)sum / (weights ? 1 - 1 / rows : rows * (rows - 1)));
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)m;
    (void)positives;
    return n * n;
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return parameters[T] * fmaxf(parameters[WEIGHT], 1);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const float t = parameters[T];
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    const double pull = 0.5 * (double)positives * (double)parameters[WEIGHT];
    const double inputs = uniformity(tile->input_pairs, m, NULL, t, pull, math, gradient->input_pairs, NULL);
    const double outputs = uniformity(tile->output_pairs, n, tile->multiplicity, t, pull, math, gradient->output_pairs,
                                      scratch);

    (void)user;
    for (size_t c = 0; gradient->scores && c < m * n; c++)
        gradient->scores[c] = 0;
    for (size_t p = 0; p < positives; p++) {
        gradient->positives[p] = 1;
        if (loss)
            *loss += (double)tile->positive_scores[p];
    }
    if (loss)
        *loss += pull * (inputs + outputs);
}

const n2v_objective objective_alignuniform = {
    .size = sizeof(n2v_objective),
    .name = "alignuniform",
    .summary = "pairs close together, inputs and outputs each spread over the sphere",
    .formula = "D+^2 + weight (U(inputs) + U(outputs)) / 2, U = log( mean over pairs of a side of exp(-t D^2) )",
    .paper = "Wang & Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"weight", 1, 0, 100, false, "of uniformity against alignment"},
                   {"t", 2, 0.01f, 100, false, "sharpness of the Gaussian potential"}},
    .init = 1,
    .learning_rate = 0.02,
    .noise = 15,
    .noise_sharing = 1,
    .needs = needs,
    .sharpness = sharpness,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
