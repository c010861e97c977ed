/* logistic.h - logistic regression of positives against noise: the core of sgns and nce. */
#ifndef N2V_OBJECTIVES_LOGISTIC_H
#define N2V_OBJECTIVES_LOGISTIC_H

#include "objectives/objective.h"

size_t logistic_scratch(size_t m, size_t n, size_t positives, void *user);

/* With logit u = scale * score, less log(kQ) when subtract_noise is set:
 *     loss = sum over positives of softplus(-u)
 *          + sum over rows i and columns j of P_i c_j softplus(u_ij)
 * P_i: the positives of row i, each of which has the shared noise words for its
 * own; c_j: multiplicity. A noise word that equals a positive stays noise. */
void logistic_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss);

#endif
