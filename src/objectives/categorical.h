/* categorical.h - a row's negatives as a softmax: the core of infonce, npair, softmax and their kin. */
#ifndef N2V_OBJECTIVES_CATEGORICAL_H
#define N2V_OBJECTIVES_CATEGORICAL_H

#include "objectives/objective.h"

/* With logit u = scale (score - log(kQ) when subtract_noise is set), scale not 0: each negative's
 * share c_j exp(u_ij - tops_i) / sums_i, m x n, and sums and tops as vector_math.h's softmax has them:
 * without any negative the shares and the sum are 0. scratch: n, with subtract_noise alone. */
void negative_shares(const n2v_tile *tile, float scale, bool subtract_noise, const VectorMath *math, float *scratch,
                     float *shares, float *sums, float *tops);

size_t categorical_scratch(size_t m, size_t n, size_t positives, void *user);

/* loss = sum over positives of -log( exp(u+) / (exp(u+) + sum_j c_j exp(u_j)) ), stable
 * for scores of any size. */
void categorical_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss);

#endif
