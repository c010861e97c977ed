/* triplet.c - each negative must be farther than the positive by a margin.
 *
 *     loss = sum over chosen negatives of max(0, D+^2 - D-^2 + margin),   D = |x - y|
 *
 * negatives=0 takes all of the tile; 1 the nearest; 2 the semi-hard one: the nearest
 * of those that are farther than the positive. */
#include "objectives/registry.h"

enum { MARGIN, UNIT, NEGATIVES };
enum { ALL, HARDEST, SEMI_HARD };

static unsigned needs(const float *parameters)
{
    return parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0;
}

/* The column of the nearest negative that is farther than `beyond`; n when there is none. */
static size_t nearest(const n2v_tile *tile, size_t i, float beyond)
{
    const float *row = tile->scores + i * tile->n;
    size_t best = tile->n;

    for (size_t j = 0; j < tile->n; j++)
        if (!n2v_tile_masked(tile, i, j) && row[j] > beyond && (best == tile->n || row[j] < row[best]))
            best = j;
    return best;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_vector_math *math,
                      n2v_tile_gradient gradient, float *scratch, double *loss)
{
    const float margin = parameters[MARGIN];
    const int choice = (int)parameters[NEGATIVES];
    const size_t n = tile->n;

    (void)math;
    (void)scratch;
    for (size_t i = 0; i < tile->m; i++) {
        for (size_t j = 0; j < n; j++)
            gradient.scores[i * n + j] = 0;
        for (size_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            const float positive = tile->positive_scores[p];
            size_t from = 0, to = n;
            if (choice != ALL) {
                from = nearest(tile, i, choice == SEMI_HARD ? positive : -1);
                to = from < n ? from + 1 : n;
            }
            gradient.positives[p] = 0;
            for (size_t j = from; j < to; j++) {
                const float hinge = positive - tile->scores[i * n + j] + margin;
                /* All: a word drawn twice is two negatives. One: it is one. */
                const float weight = choice == ALL ? n2v_tile_draws(tile, i, j) : 1;
                if (hinge > 0 && weight > 0) {
                    gradient.positives[p] += weight;
                    gradient.scores[i * n + j] -= weight;
                    if (loss)
                        *loss += (double)(weight * hinge);
                }
            }
        }
    }
}

const n2v_objective n2v_objective_triplet = {
    .name = "triplet",
    .summary = "negatives must be farther than the positive by a margin",
    .formula = "sum over negatives of max(0, D+^2 - D-^2 + margin), D = |x - y|",
    .paper = "Schroff, Kalenichenko & Philbin 2015, FaceNet, equation 3",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"margin", 0.2f, 1e-3f, 100, false, "by how much a negative's squared distance must exceed"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1, as in the paper"},
                   {"negatives", 0, 0, 2, true, "0: all of the tile, 1: the hardest, 2: the semi-hard one"}},
    .learning_rate = 0.02,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .loss_grad = loss_grad,
};
