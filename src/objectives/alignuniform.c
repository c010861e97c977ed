/* alignuniform.c - alignment of pairs and uniformity on the sphere, with two encoders.
 *
 *     loss = sum over positives of |x - y+|^2 + weight (U(inputs) + U(outputs)) / 2
 *     U    = log( mean over pairs of a batch's rows of exp(-t D^2) ),   D their distance
 *
 * The inputs are spread among themselves, and so are the outputs; between the two sides
 * stands only the pull of the pairs. A word that stands twice in a batch is two rows at distance 0. */
#include <math.h>

#include "objectives/registry.h"

enum { WEIGHT, T };

static unsigned needs(const float *parameters)
{
    (void)parameters;
    return N2V_NEEDS_IN_BATCH | N2V_NEEDS_SIDES | N2V_NEEDS_UNIT_ROWS;
}

static float times(const float *multiplicity, size_t j)
{
    return multiplicity ? multiplicity[j] : 1;
}

/* U of one side, and pull dU/dpair in gradient. multiplicity (NULL: 1) tells how many rows each stands for. */
static double uniformity(const float *pairs, size_t count, const float *multiplicity, float t, double pull,
                         const n2v_vector_math *math, float *gradient)
{
    double rows = 0, copies = 0, sum, all;
    float top, factor;

    for (size_t j = 0; j < count; j++) {
        const double c = (double)times(multiplicity, j);
        rows += c;
        copies += c * (c - 1); /* pairs of the same word: exp(0) */
    }
    all = rows * (rows - 1);
    for (size_t c = 0; c < count * count; c++)
        gradient[c] = -t * pairs[c];
    for (size_t j = 0; j < count; j++)
        gradient[j * count + j] = -INFINITY;
    top = copies > 0 ? 0 : math->max(gradient, count * count);
    sum = copies;
    for (size_t j = 0; j < count && top > -INFINITY; j++) { /* a row at a time: floats add up badly */
        float *row = gradient + j * count, row_sum = math->exp_sum(row, top, row, count);
        if (multiplicity) {
            row_sum = 0;
            for (size_t l = 0; l < count; l++)
                row_sum += row[l] *= multiplicity[j] * multiplicity[l];
        }
        sum += (double)row_sum;
    }
    factor = sum > 0 ? (float)(-(double)t * pull / sum) : 0;
    for (size_t c = 0; c < count * count; c++)
        gradient[c] = sum > 0 ? gradient[c] * factor : 0;
    return sum > 0 ? (double)top + log(sum / all) : 0; /* a single row: nothing to spread */
}

static float sharpness(const float *parameters)
{
    return parameters[T] * fmaxf(parameters[WEIGHT], 1);
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float t = parameters[T];
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    const double pull = 0.5 * (double)positives * (double)parameters[WEIGHT];
    const double inputs = uniformity(tile->input_pairs, m, NULL, t, pull, math, gradient.input_pairs);
    const double outputs = uniformity(tile->output_pairs, n, tile->multiplicity, t, pull, math, gradient.output_pairs);

    (void)scratch;
    for (size_t c = 0; c < m * n; c++)
        gradient.scores[c] = 0;
    for (size_t p = 0; p < positives; p++) {
        gradient.positives[p] = 1;
        if (loss)
            *loss += (double)tile->positive_scores[p];
    }
    if (loss)
        *loss += pull * (inputs + outputs);
}

const n2v_objective n2v_objective_alignuniform = {
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
    .loss_grad = loss_grad,
};
