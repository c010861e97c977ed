/* triplet.c - each negative must be farther than the positive by a margin.
 *
 *     loss = sum over chosen negatives of max(0, D+^2 - D-^2 + margin),   D = |x - y|
 *
 * negatives=0 takes all negatives of the tile, 1 the nearest one, 2 the semi-hard one: the nearest of those that are
 * farther than the positive. */
#include <math.h>

#include "objectives/registry.h"

enum { MARGIN, UNIT, NEGATIVES };
enum { ALL, HARDEST, SEMI_HARD };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)positives;
    return m * n;
}

/* The column of the nearest negative that is farther than `beyond`; n when there is none. */
static size_t nearest(const n2v_tile *tile, size_t i, float beyond)
{
    const float *row = tile->scores + i * tile->n;
    size_t best = tile->n;

    for (size_t j = 0; j < tile->n; j++)
        if (!tile_masked(tile, i, j) && row[j] > beyond && (best == tile->n || row[j] < row[best]))
            best = j;
    return best;
}

/* All negatives of the tile; a word that was drawn twice counts twice. A masked one is at an infinite distance. */
static void all_negatives(const n2v_tile *tile, float margin, const VectorMath *math, const n2v_tile_gradient *gradient,
                          float *scratch, double *loss)
{
    const size_t cells = tile->m * tile->n, positives = tile->first[tile->m];
    const float *scores = tile->scores;

    if (tile->mask) {
        for (size_t c = 0; c < cells; c++)
            scratch[c] = tile->mask[c] ? INFINITY : scores[c];
        scores = scratch;
    }
    math->hinges(scores, tile->n, tile->row, tile->positive_scores, margin, positives, tile->multiplicity,
                 gradient->scores, gradient->positives);
    for (size_t p = 0; loss && p < positives; p++)
        for (size_t j = 0; j < tile->n; j++) {
            const float hinge = tile->positive_scores[p] - scores[tile->row[p] * tile->n + j] + margin;
            if (hinge > 0)
                *loss += (double)(tile_draws(tile, tile->row[p], j) * hinge);
        }
}

/* One negative for each positive. */
static void one_negative(const n2v_tile *tile, float margin, bool semi_hard, const n2v_tile_gradient *gradient,
                         double *loss)
{
    for (size_t p = 0; p < tile->first[tile->m]; p++) {
        const size_t i = tile->row[p], j = nearest(tile, i, semi_hard ? tile->positive_scores[p] : -1);
        const float hinge = j < tile->n ? tile->positive_scores[p] - tile->scores[i * tile->n + j] + margin : 0;
        gradient->positives[p] = hinge > 0 ? 1 : 0;
        if (!(hinge > 0))
            continue;
        gradient->scores[i * tile->n + j] -= 1;
        if (loss)
            *loss += (double)hinge;
    }
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const int choice = (int)parameters[NEGATIVES];

    (void)user;
    for (size_t c = 0; c < tile->m * tile->n; c++)
        gradient->scores[c] = 0;
    if (choice == ALL)
        all_negatives(tile, parameters[MARGIN], math, gradient, scratch, loss);
    else
        one_negative(tile, parameters[MARGIN], choice == SEMI_HARD, gradient, loss);
}

const n2v_objective objective_triplet = {
    .size = sizeof(n2v_objective),
    .name = "triplet",
    .summary = "negatives must be farther than the positive by a margin",
    .formula = "sum over negatives of max(0, D+^2 - D-^2 + margin), D = |x - y|",
    .paper = "Schroff, Kalenichenko & Philbin 2015, FaceNet, equation 3",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"margin", 0.2f, 1e-3f, 100, false, "by how much a negative's squared distance must exceed"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1, as in the paper"},
                   {"negatives", 0, 0, 2, true, "0: all of the tile, 1: the hardest, 2: the semi-hard one"}},
    .init = 1,
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
