/* categorical.h - the softmax of a row's negatives, shared by infonce, npair, softmax and related objectives. */
#ifndef N2V_OBJECTIVES_CATEGORICAL_H
#define N2V_OBJECTIVES_CATEGORICAL_H

#include "objectives/objective.h"

/* The logit is u = scale score, or scale (score - log(kQ)) with subtract_noise; scale is not 0. Writes the share of
 * each negative, c_j exp(u_ij - tops_i) / sums_i, m x n. sums and tops are those of vector_math.h's softmax: in a row
 * without negatives the shares and the sum are 0. scratch has n floats; it is used only with subtract_noise. */
void negative_shares(const n2v_tile *tile, float scale, bool subtract_noise, const VectorMath *math, float *scratch,
                     float *shares, float *sums, float *tops);

size_t categorical_scratch(size_t m, size_t n, size_t positives, void *user);

/* loss = sum over positives of -log( exp(u+) / (exp(u+) + sum_j c_j exp(u_j)) ), stable
 * for scores of any size. */
void categorical_loss_grad(const n2v_tile *tile, float scale, bool subtract_noise,
                        const n2v_tile_gradient *gradient, float *scratch, double *loss);

#endif
