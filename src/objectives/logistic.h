/* logistic.h - logistic regression of positives against noise, shared by sgns, nce, siglip and gbce. */
#ifndef N2V_OBJECTIVES_LOGISTIC_H
#define N2V_OBJECTIVES_LOGISTIC_H

#include "objectives/objective.h"

size_t logistic_scratch(size_t m, size_t n, size_t positives, void *user);

/* The logit is u = scale * score, or scale * score - log(kQ) with subtract_noise:
 *     loss = sum over positives of weight softplus(-u)
 *          + sum over rows i and columns j of P_i c_j softplus(u_ij)
 * P_i: the number of positives of row i, each of which is compared with all noise words; c_j: multiplicity. A noise
 * word that equals a positive counts as a negative. */
void logistic_loss_grad(const n2v_tile *tile, float scale, float weight, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss);

#endif
