/* focal.h - the focal loss of Lin et al. 2017 on the logits of negative sampling, described through objective.h alone.
 *     loss = -(1 - p)^gamma log p,   p = sigmoid(s) for a positive and sigmoid(-s) for a negative
 * gamma = 0 is negative sampling. focal.c makes a plug-in of it, own_objective.c registers it. */
#ifndef FOCAL_H
#define FOCAL_H
#include <math.h>
#include <nce2vec/objective.h>

/* Adds the loss of a case with logit u, weight times, to *loss and returns its slope. Stable: with q = 1 - p and
 * l = -log p, exp() never sees a positive number, and the slope -q^gamma (gamma p l + q) has no difference. */
static float focal_case(float u, float gamma, float weight, double *loss)
{
    const float e = expf(-fabsf(u)), small = e / (1 + e), large = 1 / (1 + e);
    const float p = u > 0 ? large : small, q = u > 0 ? small : large;
    const float l = (u < 0 ? -u : 0) + log1pf(e), factor = gamma > 0 ? powf(q, gamma) : 1;

    *loss += (double)(weight * factor * l);
    return -weight * factor * (gamma * p * l + q);
}

static void focal_loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient,
                            float *scratch, double *loss, void *user)
{
    double sum = 0;
    (void)scratch;
    (void)user;
    for (size_t p = 0; p < tile->first[tile->m]; p++)
        gradient->positives[p] = focal_case(tile->positive_scores[p], parameters[0], 1, &sum);
    for (size_t cell = 0; cell < tile->m * tile->n; cell++) {
        const size_t i = cell / tile->n, j = cell % tile->n;
        const float positives = (float)(tile->first[i + 1] - tile->first[i]); /* each has the row's negatives */
        const float draws = tile->multiplicity ? tile->multiplicity[j] : 1;
        const int masked = tile->mask && tile->mask[cell];
        gradient->scores[cell] = masked ? 0 : -focal_case(-tile->scores[cell], parameters[0], positives * draws, &sum);
    }
    if (loss)
        *loss += sum;
}

static const n2v_objective focal = {
    sizeof(n2v_objective), "focal", "focal loss: negative sampling that counts what is already right less",
    "-(1 - p+)^gamma log p+ - sum over noise of (1 - p-)^gamma log p-, p+ = sigmoid(s+), p- = sigmoid(-s-)",
    "Lin, Goyal, Girshick, He & Dollar 2017, Focal Loss for Dense Object Detection", N2V_DOT,
    {{"gamma", 2, 0, 5, 0, "how much less a case counts that is already right; 0: negative sampling"}},
    1, 0.025, 5, 2,                     /* init, learning rate, noise words, windows that share them */
    NULL, NULL, NULL, NULL, NULL, NULL, /* user, needs, sharpness, check, log_probability, scratch */
    focal_loss_grad};
#endif
