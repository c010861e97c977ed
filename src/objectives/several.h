/* several.h - the softmax of a row's positives together, among positives and negatives: softnn, supcon and milnce. */
#ifndef N2V_OBJECTIVES_SEVERAL_H
#define N2V_OBJECTIVES_SEVERAL_H

#include "objectives/objective.h"

/* Their parameters. */
enum { SEVERAL_TEMPERATURE, SEVERAL_UNIT };

uint32_t several_needs(const float *parameters, void *user);
float several_sharpness(const float *parameters, void *user);
size_t several_scratch(size_t m, size_t n, size_t positives, void *user);

/* With u = scale score, scale not 0, and for each row S+ = sum over its positives of exp(u+), S- = sum_j c_j exp(u_j):
 *     loss = sum over rows of -log( S+ / (S+ + S-) )
 * With each, the mean over the row's positives of -log( exp(u+) / (S+ + S-) ) instead. */
void several_loss_grad(const n2v_tile *tile, float scale, bool each, const n2v_tile_gradient *gradient, float *scratch,
                       double *loss);

#endif
