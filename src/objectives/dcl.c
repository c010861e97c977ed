/* dcl.c - decoupled contrastive learning: InfoNCE whose denominator leaves the positive out.
 *
 *     loss = -s+ / t + log( sum over noise of exp(s- / t) )
 *
 * The pull on the positive is 1 / t whatever its score is; in InfoNCE it vanishes as the positive wins. So the loss has
 * no minimum where rows are free: a word that is more often a positive than a negative of a context has a score that
 * grows without end. Rows of length 1, as in the paper, bound it. A row without negatives has no loss. */
#include "objectives/categorical.h"
#include "objectives/registry.h"

enum { TEMPERATURE, UNIT, IN_BATCH };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return (parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0u) | (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH : 0u);
}

static float sharpness(const float *parameters, void *user)
{
    (void)user;
    return 1 / parameters[TEMPERATURE];
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    (void)n;
    (void)positives;
    return 3 * m;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const float scale = 1 / parameters[TEMPERATURE];
    const size_t m = tile->m, positives = tile->first[m];
    float *sums = scratch, *tops = sums + m, *pull = tops + m;

    (void)user;
    negative_shares(tile, scale, false, tile->math, NULL, gradient->scores, sums, tops);
    if (loss) {
        tile->math->log(sums, pull, m);
        for (size_t p = 0; p < positives; p++) {
            const size_t i = tile->row[p];
            if (sums[i] > 0)
                *loss += (double)tops[i] + (double)pull[i] - (double)(tile->positive_scores[p] * scale);
        }
    }
    for (size_t p = 0; p < positives; p++)
        gradient->positives[p] = sums[tile->row[p]] > 0 ? -scale : 0;
    for (size_t i = 0; i < m; i++)
        pull[i] = scale * (float)(tile->first[i + 1] - tile->first[i]);
    tile->math->weigh(gradient->scores, m, tile->n, pull, NULL);
}

const n2v_objective objective_dcl = {
    .size = sizeof(n2v_objective),
    .name = "dcl",
    .summary = "decoupled contrastive learning: InfoNCE without the positive in the denominator",
    .formula = "-s+/t + log( sum over noise of exp(s-/t) )",
    .paper = "Yeh et al. 2022, Decoupled Contrastive Learning (arXiv 2110.06848)",
    .geometry = N2V_DOT,
    .parameters = {{"temperature", 0.2f, 0.01f, 100, false, "t: divides the scores"},
                   {"unit", 1, 0, 1, true, "1: rows are kept at length 1, which bounds the loss"},
                   {"in_batch", 1, 0, 1, true, "1: the other pairs of a batch are the noise, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.025,
    .noise = 15,
    .noise_sharing = 1,
    .needs = needs,
    .sharpness = sharpness,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
