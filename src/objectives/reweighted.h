/* reweighted.h - a softmax corrected for false negatives, with weights for hard ones: debiased and hardneg. */
#ifndef N2V_OBJECTIVES_REWEIGHTED_H
#define N2V_OBJECTIVES_REWEIGHTED_H

#include "objectives/objective.h"

size_t reweighted_scratch(size_t m, size_t n, size_t positives, void *user);

/* With u = score / temperature and N = sum_j c_j:
 *     R    = sum_j c_j w_j exp(u_j) / sum_j c_j w_j,   w_j = exp(beta u_j)
 *     g    = max( (R - tau exp(u+)) / (1 - tau), exp(-1 / temperature) )
 *     loss = sum over positives of -log( exp(u+) / (exp(u+) + N g) )
 * tau: the share of false negatives, those that are positives. */
void reweighted_loss_grad(const n2v_tile *tile, float temperature, float tau, float beta,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss);

#endif
